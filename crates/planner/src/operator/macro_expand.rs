//! `macro-expand entity_group [database("a"), …] as X (X.T | …)`: a sub-query for each of several databases, and all
//! their rows.

use std::rc::Rc;

use kql_parser::ast::{Expr, ExprKind, MacroExpand};
use kql_parser::span::Span;

use crate::Result;
use crate::bind::Binder;
use crate::codes::{self, semantic, unsupported};
use crate::env::{Binding, Env};
use crate::frame::Frame;
use crate::operator::union;
use crate::params::{Params, Rule};

const PARAMS: &[(&str, Rule)] = &[("kind", Rule::Acts), ("isfuzzy", Rule::Acts)];

impl Binder<'_> {
    pub(crate) fn macro_expand(&mut self, env: &Env, expand: &MacroExpand, span: Span) -> Result<Frame> {
        let params = Params::check("macro-expand", &expand.params, PARAMS)?;
        let inner = params.one_of("kind", &["inner", "outer"])? == Some("inner");
        let fuzzy = params.flag("isfuzzy")?.unwrap_or(false);
        let Some(alias) = &expand.alias else {
            let message = "macro-expand without `as` is not built yet";
            return Err(unsupported(codes::UNSUPPORTED_FORM, span, message));
        };
        if env.get(&alias.text).is_some_and(|binding| matches!(binding, Binding::Entity(_))) {
            let message = format!("`{}` is an entity of the macro-expand around this one", alias.text);
            return Err(semantic(codes::STATEMENT, alias.span, message));
        }
        let mut frames = Vec::new();
        for entity in self.entities(env, &expand.group)?.iter() {
            if fuzzy && !self.options.outside.databases.contains_key(entity) {
                continue;
            }
            let own = env.with(&alias.text, Binding::Entity(entity.clone()));
            let (own, last) = self.statements(&own, &expand.body)?;
            let Some(last) = last else {
                return Err(semantic(codes::STATEMENT, span, "the sub-query of macro-expand gives no rows"));
            };
            frames.push(self.table(&own, last)?);
        }
        if frames.is_empty() {
            let message = "none of the entities of macro-expand is at hand";
            return Err(unsupported(codes::OUTSIDE, expand.group.span, message));
        }
        union::frames(frames, None, inner, span)
    }

    /// The names of the databases of a group.
    pub(crate) fn entities(&mut self, env: &Env, group: &Expr) -> Result<Rc<[String]>> {
        match &group.kind {
            ExprKind::EntityGroup(entities) => {
                entities.iter().map(|entity| self.place(env, entity)).collect()
            }
            ExprKind::Name(name) => match env.get(name) {
                Some(Binding::EntityGroup(entities)) => Ok(entities.clone()),
                _ => {
                    let message = format!("the entity group `{name}` is not of this query");
                    let mut error = unsupported(codes::OUTSIDE, group.span, message);
                    error.hints.push(format!("write `let {name} = entity_group [database(\"a\"), …];`"));
                    Err(error)
                }
            },
            _ => Err(semantic(codes::SHAPE, group.span, "an entity group is expected here")),
        }
    }
}
