//! Column declarations: `(a:long, b:string)`.

use nom::Parser;

use crate::ast::{ColumnDecl, Name};
use crate::diagnostic::{Diagnostic, Kind, closest};
use crate::input::Input;
use crate::terminal::{declared_name, loose_list, parens, symbol};
use crate::token::Symbol;
use crate::trace::{Expected, Parsed, fatal};
use crate::{codes, keyword};

/// `(a:long, b:string)`; may be empty and may end with a comma.
pub(crate) fn row_schema(input: Input<'_>) -> Parsed<'_, Vec<ColumnDecl>> {
    parens(loose_list(column, Symbol::CloseParen)).parse(input)
}

/// `a:long`.
pub(crate) fn column(input: Input<'_>) -> Parsed<'_, ColumnDecl> {
    let (rest, name) = declared_name(input)?;
    let (rest, _) = symbol(Symbol::Colon)(rest)?;
    let (rest, type_name) = type_name(rest)?;
    Ok((rest, ColumnDecl { name, type_name, default: None }))
}

/// The name of a type.
pub(crate) fn type_name(input: Input<'_>) -> Parsed<'_, Name> {
    type_name_among(input, &[])
}

/// The name of a type, with those that only `find` reads.
pub(crate) fn any_type_name(input: Input<'_>) -> Parsed<'_, Name> {
    type_name_among(input, keyword::MORE_TYPES)
}

fn type_name_among<'a>(input: Input<'a>, more: &[&str]) -> Parsed<'a, Name> {
    let Some(text) = input.word(0) else {
        return Err(input.trace.miss(input, Expected::Thing("a type")));
    };
    if keyword::TYPES.contains(&text) || more.contains(&text) {
        return Ok((input.skip(1), Name { text: text.to_string(), span: input.span() }));
    }
    let message = format!("`{text}` is no type");
    let mut diagnostic = Diagnostic::new(Kind::Syntax, codes::TYPE_NAME, message, input.span());
    if let Some(near) = closest(text, keyword::TYPES.iter().copied()) {
        diagnostic = diagnostic.hint(format!("did you mean `{near}`?"));
    }
    Err(fatal(diagnostic))
}
