//! `assert-schema (a:long, b:string)`.

use crate::ast::OperatorKind;
use crate::input::Input;
use crate::schema::row_schema;
use crate::trace::Parsed;

pub(super) fn parse(input: Input<'_>) -> Parsed<'_, OperatorKind> {
    let (rest, columns) = row_schema(input)?;
    Ok((rest, OperatorKind::AssertSchema { columns }))
}
