//! `parse source with pattern` and `parse-where`: columns from the pieces of a text.

use std::sync::Arc;

use kql_functions::{Typed, resolve};
use kql_parser::ast::{Parse, ParsePart};
use kql_parser::span::Span;
use kql_types::ScalarType;

use crate::Result;
use crate::bind::Binder;
use crate::codes::{self, internal, semantic, unsupported};
use crate::env::Env;
use crate::expr::RowScope;
use crate::frame::{Frame, column_expr};
use crate::node::extract::pattern::{NoEnd, Part, Pattern};
use crate::node::extract::regex::RegexPattern;
use crate::node::extract::{Extract, Extractor};
use crate::params::{Params, Rule};

/// New columns with their types.
type NamedTypes = Vec<(String, ScalarType)>;

const PARAMS: &[(&str, Rule)] = &[("kind", Rule::Acts), ("flags", Rule::Acts)];

impl Binder<'_> {
    pub(crate) fn parse(
        &mut self,
        env: &Env,
        frame: Frame,
        parse: &Parse,
        only_fitting: bool,
        span: Span,
    ) -> Result<Frame> {
        let operator = if only_fitting { "parse-where" } else { "parse" };
        let params = Params::check(operator, &parse.params, PARAMS)?;
        let kind = params.one_of("kind", &["simple", "regex", "relaxed"])?.unwrap_or("simple");
        let flags = params.word("flags")?;
        let (parts, columns) = self.parse_parts(&parse.pattern)?;
        let extractor: Arc<dyn Extractor> = match (kind, flags) {
            ("regex", flags) => {
                let (flags, place) = flags.unwrap_or(("", span));
                let pattern = RegexPattern::compile(&parts, flags).map_err(|message| {
                    let place = pattern_span(&parse.pattern).unwrap_or(place);
                    semantic(codes::PARAMETER_VALUE, place, message)
                })?;
                Arc::new(pattern)
            }
            (_, Some((_, place))) => {
                let message = "flags are for kind=regex";
                return Err(semantic(codes::PARAMETER_VALUE, place, message));
            }
            (kind, None) => {
                let pattern = Pattern::compile(&parts, kind == "relaxed").map_err(|NoEnd(position)| {
                    let place = parse.pattern.get(position).map_or(span, part_span);
                    let message = "a column of this type before `*` is not built yet";
                    unsupported(codes::UNSUPPORTED_FORM, place, message)
                })?;
                Arc::new(pattern)
            }
        };
        let source = self.scalar(&RowScope::of(env, &frame), &parse.source)?;
        let strict = kind != "relaxed";
        self.extracted(frame, source, parse.source.span, columns, extractor, strict, only_fitting, span)
    }

    /// The pattern's parts, and its columns.
    fn parse_parts(&self, pattern: &[ParsePart]) -> Result<(Vec<Part>, NamedTypes)> {
        let mut parts = Vec::new();
        let mut columns: NamedTypes = Vec::new();
        for (position, part) in pattern.iter().enumerate() {
            let before = position.checked_sub(1).and_then(|position| parts.get(position));
            parts.push(match part {
                ParsePart::Text(text, _) => Part::Text(text.clone()),
                ParsePart::Skip(place) => {
                    if matches!(before, Some(Part::Skip)) {
                        return Err(semantic(codes::ARGUMENTS, *place, "a text stands behind `*`"));
                    }
                    if matches!(before, Some(Part::Column(ScalarType::String))) {
                        let message = "where a string ends before `*` cannot be told";
                        return Err(semantic(codes::ARGUMENTS, *place, message));
                    }
                    Part::Skip
                }
                ParsePart::Column { name, type_name } => {
                    if matches!(before, Some(Part::Skip | Part::Column(_))) {
                        let message = "a text stands before a column";
                        return Err(semantic(codes::ARGUMENTS, name.span, message));
                    }
                    let ty = match type_name {
                        Some(name) => self.parsed_type(name)?,
                        None => ScalarType::String,
                    };
                    if columns.iter().any(|(earlier, _)| *earlier == name.text) {
                        let message = format!("two columns are named `{}`", name.text);
                        return Err(semantic(codes::DUPLICATE_COLUMN, name.span, message));
                    }
                    columns.push((name.text.clone(), ty));
                    Part::Column(ty)
                }
            });
        }
        Ok((parts, columns))
    }

    /// A type in a pattern, where the names of the small integers stand for int.
    fn parsed_type(&self, name: &kql_parser::ast::Name) -> Result<ScalarType> {
        match name.text.as_str() {
            "int8" | "uint8" | "int16" | "uint16" => Ok(ScalarType::Int),
            _ => self.declared_type(name),
        }
    }

    /// Columns out of the pieces of a text: in place of those of the same name, else behind the others.
    #[allow(clippy::too_many_arguments)]
    pub(crate) fn extracted(
        &mut self,
        frame: Frame,
        source: Typed,
        source_span: Span,
        columns: NamedTypes,
        extractor: Arc<dyn Extractor>,
        strict: bool,
        only_fitting: bool,
        span: Span,
    ) -> Result<Frame> {
        const SOURCE: &str = "$text";
        let source = resolve::convert(source, ScalarType::String)
            .map_err(|error| self.call_error(error, source_span, &[]))?;
        let mut names: NamedTypes =
            frame.columns.iter().map(|column| (column.name.clone(), column.ty)).collect();
        for (name, ty) in &columns {
            match names.iter_mut().find(|(known, _)| known == name) {
                Some(known) => known.1 = *ty,
                None => names.push((name.clone(), *ty)),
            }
        }
        let mut kept: Vec<(String, Typed)> = frame
            .columns
            .iter()
            .filter(|column| columns.iter().all(|(name, _)| *name != column.name))
            .map(|column| (column.name.clone(), frame.typed(column)))
            .collect();
        kept.push((SOURCE.to_string(), source));
        let mut hidden = frame.hidden.clone();
        let frame = frame.project(kept).map_err(|error| internal(span, &error))?;
        let node = Extract { source: SOURCE.to_string(), columns, extractor, strict, only_fitting };
        let plan = crate::node::apply(frame.plan.clone(), node).map_err(|error| internal(span, &error))?;
        let columns = names.into_iter().map(|(name, ty)| (name.clone(), Typed::new(column_expr(&name), ty)));
        let mut frame =
            frame.with_plan(plan).project(columns.collect()).map_err(|error| internal(span, &error))?;
        hidden.retain(|column| frame.column(&column.name).is_none());
        frame.hidden = hidden;
        Ok(frame)
    }
}

fn part_span(part: &ParsePart) -> Span {
    match part {
        ParsePart::Skip(span) | ParsePart::Text(_, span) => *span,
        ParsePart::Column { name, .. } => name.span,
    }
}

fn pattern_span(pattern: &[ParsePart]) -> Option<Span> {
    Some(part_span(pattern.first()?).to(part_span(pattern.last()?)))
}
