//! `parse-kv source as (columns) with (properties)`.

use nom::Parser;
use nom::combinator::opt;
use nom::sequence::preceded;

use crate::ast::{OperatorKind, ParseKv};
use crate::expr::unnamed;
use crate::input::Input;
use crate::list::property_word;
use crate::schema::row_schema;
use crate::terminal::{comma_list, parens, word};
use crate::trace::Parsed;

pub(super) fn parse(input: Input<'_>) -> Parsed<'_, OperatorKind> {
    let (rest, source) = unnamed(input)?;
    let (rest, columns) = preceded(word("as"), row_schema).parse(rest)?;
    let (rest, properties) =
        opt(preceded(word("with"), parens(opt(comma_list(property_word))))).parse(rest)?;
    let properties = properties.flatten().unwrap_or_default();
    Ok((rest, OperatorKind::ParseKv(ParseKv { params: Vec::new(), source, columns, properties })))
}
