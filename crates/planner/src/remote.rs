//! Tables that are not of the catalogue: other databases by name, and watchlists.

use kql_parser::ast::{Call, Expr, ExprKind, Name};
use kql_parser::span::Span;
use kql_types::{Cell, Column, ScalarType};

use crate::bind::Binder;
use crate::codes::{self, semantic, unsupported};
use crate::env::{Binding, Env};
use crate::frame::Frame;
use crate::outside::watchlist::{self, Watchlist};
use crate::rows::{Rows, RowsBuilder};
use crate::{Result, suggest};

/// The functions that name a place of tables.
pub(crate) const PLACES: &[&str] = &["database", "cluster", "workspace"];

impl Binder<'_> {
    /// `database("D").table("T")`.
    pub(crate) fn remote_table(
        &mut self,
        env: &Env,
        target: &Expr,
        call: &Call,
        span: Span,
    ) -> Result<Frame> {
        match (call.name.text.as_str(), call.args.as_slice()) {
            ("table", [name, ..]) => {
                let name = self.place_name(env, name)?;
                self.table_of(env, target, &name, span)
            }
            ("database", _) => {
                Err(semantic(codes::SHAPE, span, "a database stands where a table is asked for"))
            }
            _ => {
                let message =
                    format!("the function {}() of another database is not built yet", call.name.text);
                Err(unsupported(codes::UNSUPPORTED_FORM, call.name.span, message))
            }
        }
    }

    /// `database("D").T`.
    pub(crate) fn remote_member(
        &mut self,
        env: &Env,
        target: &Expr,
        name: &Name,
        span: Span,
    ) -> Result<Frame> {
        self.table_of(env, target, &name.text, span)
    }

    fn table_of(&mut self, env: &Env, target: &Expr, name: &str, span: Span) -> Result<Frame> {
        let key = self.place(env, target)?;
        let databases = &self.options.outside.databases;
        let Some(catalog) = databases.get(&key).cloned() else {
            let message = format!("nothing stands in for the database {key}, which is not of this catalogue");
            let mut error = unsupported(codes::OUTSIDE, target.span, message);
            error.hints.extend(suggest::hint(&key, databases.keys().map(String::as_str)));
            return Err(error);
        };
        match catalog.table(name) {
            Some(table) => {
                if !catalog.holds(name) {
                    self.unloaded.insert(format!("{key}.{name}"));
                }
                self.scan(name, table, span)
            }
            None => {
                let message = format!("the database {key} has no table `{name}`");
                let mut error = semantic(codes::UNKNOWN_TABLE, span, message);
                let names = catalog.names();
                error.hints.extend(suggest::hint(name, names.iter().map(String::as_str)));
                Err(error)
            }
        }
    }

    /// The name under which a database is mapped: `D`, `C/D` or `W`.
    pub(crate) fn place(&mut self, env: &Env, target: &Expr) -> Result<String> {
        match &target.kind {
            ExprKind::Paren(inner) => self.place(env, inner),
            ExprKind::Name(name) => match env.get(name) {
                Some(Binding::Entity(entity)) => Ok(entity.clone()),
                _ => Err(semantic(codes::SHAPE, target.span, format!("`{name}` is no database"))),
            },
            ExprKind::Call(call) if PLACES.contains(&call.name.text.as_str()) => match call.args.as_slice() {
                [name] => self.place_name(env, name),
                _ => Err(semantic(codes::ARGUMENTS, target.span, "the name of a database is expected here")),
            },
            ExprKind::MemberCall { target: cluster, call } if call.name.text == "database" => {
                let [name] = call.args.as_slice() else {
                    let message = "the name of a database is expected here";
                    return Err(semantic(codes::ARGUMENTS, target.span, message));
                };
                Ok(format!("{}/{}", self.place(env, cluster)?, self.place_name(env, name)?))
            }
            _ => Err(semantic(codes::SHAPE, target.span, "this is no database")),
        }
    }

    fn place_name(&mut self, env: &Env, name: &Expr) -> Result<String> {
        let value = self.constant(env, name, "the name")?;
        match value.literal_str() {
            Some(text) if value.ty == ScalarType::String => Ok(text.to_string()),
            _ => Err(semantic(codes::TYPES, name.span, "the name is a string")),
        }
    }

    /// `_GetWatchlist("alias")`.
    pub(crate) fn watchlist(&mut self, env: &Env, call: &Call, span: Span) -> Result<Frame> {
        let [alias] = call.args.as_slice() else {
            return Err(semantic(codes::ARGUMENTS, span, "_GetWatchlist() takes the name of a watchlist"));
        };
        let name = self.place_name(env, alias)?;
        let outside = &self.options.outside;
        if outside.watchlists.is_none() && outside.given_watchlists.is_empty() && !self.execute {
            // What lists there are is known only where queries run.
            let rows = RowsBuilder::new(watchlist::leading_columns()).finish(span)?;
            return Ok(Frame { open: true, ..self.frame_of(rows, span)? });
        }
        let lists = self.watchlists(&format!("the watchlist {name}"), span)?;
        let Some(list) = lists.iter().find(|list| list.alias == name) else {
            let mut error =
                semantic(codes::UNKNOWN_TABLE, alias.span, format!("there is no watchlist `{name}`"));
            error.hints.extend(suggest::hint(&name, lists.iter().map(|list| list.alias.as_str())));
            return Err(error);
        };
        let rows = list.rows(span)?;
        let rows = match self.execute {
            true => rows,
            false => Rows::new(rows.columns, &[], span)?,
        };
        self.frame_of(rows, span)
    }

    /// `_GetWatchlistAlias()`: the names of the watchlists.
    pub(crate) fn watchlist_aliases(&mut self, span: Span) -> Result<Frame> {
        let mut rows = RowsBuilder::new(vec![Column::new("WatchlistAlias", ScalarType::String)]);
        if self.execute {
            for list in self.watchlists("the watchlists", span)? {
                rows.push([Cell::String(&list.alias)], span)?;
            }
        }
        self.frame_of(rows.finish(span)?, span)
    }

    fn watchlists(&self, what: &str, span: Span) -> Result<Vec<Watchlist>> {
        let outside = &self.options.outside;
        let mut lists: Vec<Watchlist> = outside.given_watchlists.iter().map(Watchlist::from).collect();
        let Some(folder) = &outside.watchlists else {
            if !lists.is_empty() {
                return Ok(lists);
            }
            let mut error =
                unsupported(codes::OUTSIDE, span, format!("{what} cannot be read without a folder"));
            error.hints.push("give a folder of CSV files, alias.csv each, with --watchlists".to_string());
            return Err(error);
        };
        let stored = watchlist::watchlists(folder).map_err(|error| codes::data(span, error))?;
        let hidden = |list: &Watchlist| lists.iter().any(|given| given.alias == list.alias);
        let stored: Vec<Watchlist> = stored.into_iter().filter(|list| !hidden(list)).collect();
        lists.extend(stored);
        lists.sort_by(|a, b| a.alias.cmp(&b.alias));
        Ok(lists)
    }
}
