//! `find [withsource=name] [in (tables)] where predicate [project …]`: rows of several tables that fit a predicate, with
//! the columns that the tables share and a bag of the others.

use kql_functions::{Typed, resolve};
use kql_parser::ast::{Expr, ExprKind, Find, FindColumn};
use kql_parser::span::Span;
use kql_types::{Column, ScalarType};

use crate::Result;
use crate::bind::Binder;
use crate::codes::{self, internal, semantic, unsupported};
use crate::env::Env;
use crate::frame::Frame;
use crate::operator::search::Terms;
use crate::operator::{project_away, union};
use crate::params::{Params, Rule};

/// The column of bags.
const PACK: &str = "pack_";

/// The columns of the output between the source and the bag.
struct Shape {
    columns: Vec<(String, Option<ScalarType>)>,
    pack: bool,
    /// The query asked for the bag by name, so that `project-away *` leaves it.
    explicit_pack: bool,
}

impl Binder<'_> {
    pub(crate) fn find(&mut self, env: &Env, piped: Option<Frame>, find: &Find, span: Span) -> Result<Frame> {
        let params = Params::check("find", &find.params, &[("withsource", Rule::Acts)])?;
        let source_column = params.word("withsource")?.map_or("source_", |(name, _)| name);
        let predicate = Terms { case_sensitive: false, wildcards: false }.boolean(&find.predicate)?;
        let sources = self.search_sources(env, piped, &find.tables, "find", span)?;
        let referenced = self.referenced_columns(&sources, &find.predicate)?;
        let sources = self.sources_with(sources, &referenced, &find.predicate);
        let shape = match &find.project {
            Some(columns) => projected(&sources, columns)?,
            None => smart(&sources, &referenced),
        };
        let mut frames = Vec::new();
        for (name, frame) in sources {
            let frame = self.filter(env, frame, &[], &predicate, span)?;
            frames.push(self.shaped(frame, &shape, name, span)?);
        }
        let frame = union::frames(frames, Some(source_column), false, span)?;
        match &find.project_away {
            Some(away) => self.find_away(frame, away, source_column, &shape, span),
            None => Ok(frame),
        }
    }

    /// The rows of one table in the common shape.
    fn shaped(&mut self, frame: Frame, shape: &Shape, name: String, span: Span) -> Result<Frame> {
        let mut columns = Vec::new();
        for (wanted, ty) in &shape.columns {
            let Some(column) = frame.column(wanted) else {
                if let Some(ty) = ty {
                    columns.push((wanted.clone(), Typed::null(*ty)));
                }
                continue;
            };
            let value = frame.typed(column);
            let value = match ty {
                Some(ty) => {
                    resolve::convert(value, *ty).map_err(|error| self.call_error(error, span, &[]))?
                }
                None => value,
            };
            columns.push((wanted.clone(), value));
        }
        if shape.pack {
            let mut args = Vec::new();
            for column in &frame.columns {
                if !shape.columns.iter().any(|(name, _)| *name == column.name) {
                    args.push(Typed::string(column.name.clone()));
                    args.push(frame.typed(column));
                }
            }
            let bag = if args.is_empty() {
                resolve::convert(Typed::string("{}"), ScalarType::Dynamic)
            } else {
                resolve::call("bag_pack", args)
            };
            columns.push((PACK.to_string(), bag.map_err(|error| self.call_error(error, span, &[]))?));
        }
        let mut frame = frame.project(columns).map_err(|error| internal(span, &error))?;
        frame.source_name = Some(name);
        Ok(frame)
    }

    fn find_away(
        &self,
        frame: Frame,
        away: &[Expr],
        source_column: &str,
        shape: &Shape,
        span: Span,
    ) -> Result<Frame> {
        let mut kept: Vec<usize> = Vec::new();
        for (position, column) in frame.columns.iter().enumerate() {
            let gone = away.iter().any(|expr| match &expr.kind {
                ExprKind::Wildcard(pattern) if pattern == "*" => {
                    column.name != source_column && !(column.name == PACK && shape.explicit_pack)
                }
                ExprKind::Wildcard(pattern) => project_away::matches(pattern, &column.name),
                ExprKind::Name(name) => *name == column.name,
                _ => false,
            });
            if !gone {
                kept.push(position);
            }
        }
        frame.select(&kept).map_err(|error| internal(span, &error))
    }
}

/// The columns after `project`.
fn projected(sources: &[(String, Frame)], columns: &[FindColumn]) -> Result<Shape> {
    let mut shape = Shape { columns: Vec::new(), pack: false, explicit_pack: false };
    for (position, column) in columns.iter().enumerate() {
        match column {
            FindColumn::PackAll => {
                if position + 1 < columns.len() {
                    let place = columns.iter().find_map(|column| match column {
                        FindColumn::Column(name, _) => Some(name.span),
                        FindColumn::PackAll => None,
                    });
                    let message = "the bag of all columns stands last in project";
                    return Err(semantic(codes::SHAPE, place.unwrap_or_default(), message));
                }
                shape.pack = true;
                shape.explicit_pack = true;
            }
            FindColumn::Column(name, declared) => {
                let types = types_of(sources, &name.text);
                let open = sources.iter().any(|(_, frame)| frame.open);
                if types.is_empty() && !open {
                    let message = format!("no table of find has a column `{}`", name.text);
                    return Err(semantic(codes::UNKNOWN_NAME, name.span, message));
                }
                if types.len() > 1 {
                    let message = format!(
                        "`{}` has several types in the tables of find, and projecting it is not built yet",
                        name.text
                    );
                    return Err(unsupported(codes::UNSUPPORTED_FORM, name.span, message));
                }
                let ty = match declared {
                    Some(declared) => ScalarType::from_name(&declared.text).ok_or_else(|| {
                        let message = format!("there is no type `{}`", declared.text);
                        semantic(codes::TYPES, declared.span, message)
                    })?,
                    None => types.first().copied().unwrap_or(ScalarType::Dynamic),
                };
                shape.columns.push((name.text.clone(), Some(ty)));
            }
        }
    }
    Ok(shape)
}

/// The columns of `project-smart`: those that all tables share, then those that the predicate names.
fn smart(sources: &[(String, Frame)], referenced: &[String]) -> Shape {
    let mut columns: Vec<(String, Option<ScalarType>)> = Vec::new();
    if let Some((_, first)) = sources.first() {
        let shared = |column: &&Column| {
            sources
                .iter()
                .all(|(_, frame)| frame.column(&column.name).is_some_and(|other| other.ty == column.ty))
        };
        columns.extend(first.columns.iter().filter(shared).map(|column| (column.name.clone(), None)));
    }
    for name in referenced {
        if !columns.iter().any(|(known, _)| known == name) {
            columns.push((name.clone(), None));
        }
    }
    let pack = sources.iter().any(|(_, frame)| {
        frame.columns.iter().any(|column| !columns.iter().any(|(name, _)| *name == column.name))
    });
    Shape { columns, pack, explicit_pack: false }
}

fn types_of(sources: &[(String, Frame)], name: &str) -> Vec<ScalarType> {
    let mut types = Vec::new();
    for (_, frame) in sources {
        if let Some(column) = frame.column(name)
            && !types.contains(&column.ty)
        {
            types.push(column.ty);
        }
    }
    types
}
