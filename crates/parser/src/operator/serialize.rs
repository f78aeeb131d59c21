//! `serialize [columns]`.

use crate::ast::OperatorKind;
use crate::input::Input;
use crate::list::{named_list, parameters};
use crate::token::{Symbol, TokenKind};
use crate::trace::Parsed;

pub(super) fn parse(input: Input<'_>) -> Parsed<'_, OperatorKind> {
    let (rest, params) = parameters(&[])(input)?;
    let is_empty = matches!(
        rest.peek(0).map(|token| token.kind),
        None | Some(TokenKind::Symbol(
            Symbol::Pipe | Symbol::Semicolon | Symbol::CloseParen | Symbol::CloseBrace
        ))
    );
    let (rest, columns) = if is_empty { (rest, Vec::new()) } else { named_list(rest)? };
    Ok((rest, OperatorKind::Serialize { params, columns }))
}
