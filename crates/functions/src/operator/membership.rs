//! Membership in lists: in, in~, has_any, has_all and their opposites.

use std::sync::Arc;

use datafusion::arrow::array::{ArrayRef, BooleanArray};
use datafusion::common::Result as EngineResult;
use datafusion::logical_expr::{Expr, in_list, lit, when};
use datafusion::scalar::ScalarValue;
use kql_types::{ScalarType, dynamic};

use super::compare::{self, Common, Comparison};
use super::text::as_text;
use super::{Nulls, binary};
use crate::adapter::{self, KernelUdf};
use crate::column::{Input, Json};
use crate::function::Kernel;
use crate::kernel::needles::{AllTerms, AnyTerm, FoldedSet, array_of, texts_of};
use crate::resolve::convert;
use crate::typed::is_true;
use crate::{CallError, Typed};

/// `left op (list)`.
pub(super) fn apply(op: &str, left: Typed, list: Vec<Typed>, nulls: Nulls) -> Result<Typed, CallError> {
    let (negated, name) = match op.strip_prefix('!') {
        Some(name) => (true, name),
        None => (false, op),
    };
    let list = List::of(list)?;
    match name {
        "in" => equal_to_any(left, list, negated, nulls),
        "in~" => {
            let found = of_texts(Texts::Folded, as_text(0, op, left)?, list)?;
            Ok(if negated { opposite(found) } else { found })
        }
        "has_any" | "has_all" => {
            let texts = if name == "has_any" { Texts::Any } else { Texts::All };
            let found = of_texts(texts, as_text(0, op, left)?, list)?;
            Ok(if negated { opposite(found) } else { found })
        }
        _ => Err(CallError::unsupported(format!("the operator {op} is not built yet"))),
    }
}

fn opposite(value: Typed) -> Typed {
    Typed::new(!value.expr, ScalarType::Bool)
}

/// The elements of a list, constant arrays replaced by what they hold.
struct List {
    /// Elements known before the query runs.
    constants: Vec<Element>,
    /// Elements that a row computes.
    scalars: Vec<Typed>,
    /// Arrays that a row computes.
    arrays: Vec<Typed>,
}

/// A constant element and whether it came out of an array, where it has no type of its own.
struct Element {
    value: Typed,
    of_array: bool,
}

impl List {
    fn of(items: Vec<Typed>) -> Result<Self, CallError> {
        let mut list = List { constants: Vec::new(), scalars: Vec::new(), arrays: Vec::new() };
        for item in items {
            match (item.ty, item.literal()) {
                (ScalarType::Dynamic, Some(ScalarValue::Utf8View(Some(json)))) => match dynamic::kind(json) {
                    Some(dynamic::JsonKind::Array) => list.constants.extend(
                        dynamic::elements(json).map(|raw| Element { value: element(raw), of_array: true }),
                    ),
                    _ => list.constants.push(Element { value: element(json), of_array: true }),
                },
                (_, Some(_)) => list.constants.push(Element { value: item, of_array: false }),
                (ScalarType::Dynamic, None) => list.arrays.push(item),
                (_, None) => list.scalars.push(item),
            }
        }
        Ok(list)
    }
}

/// An element of a JSON array as a literal of the type it has there.
fn element(raw: &str) -> Typed {
    match dynamic::kind(raw) {
        Some(dynamic::JsonKind::Null) => Typed::null(ScalarType::Dynamic),
        Some(dynamic::JsonKind::Bool) => Typed::bool(raw == "true"),
        Some(dynamic::JsonKind::Number) => match dynamic::number(raw) {
            Some(dynamic::Number::Long(value)) => Typed::long(value),
            Some(dynamic::Number::Real(value)) => Typed::real(value),
            None => Typed::string(raw),
        },
        _ => Typed::string(dynamic::tostring(raw)),
    }
}

/// `left in (list)`: an `or` of equalities; `!in` is its opposite.
fn equal_to_any(left: Typed, list: List, negated: bool, nulls: Nulls) -> Result<Typed, CallError> {
    // An equality that is null for one null operand does no harm where null counts as false in the end.
    let plain = nulls == Nulls::AsFalse && !negated;
    let settled = |test: Expr| if plain { test } else { is_true(test) };
    let mut groups: Vec<(ScalarType, Vec<Expr>)> = Vec::new();
    let mut tests: Vec<Expr> = Vec::new();
    let mut has_null = false;
    for (place, Element { value, of_array }) in list.constants.into_iter().enumerate() {
        // What an array holds is compared with a string by its text.
        let value = match left.ty {
            ScalarType::String if of_array => convert(value, ScalarType::String)?,
            _ => value,
        };
        if value.is_null_literal() {
            has_null = true;
            continue;
        }
        let common = compare::common(left.ty, value.ty, false)
            .map_err(|error| CallError { argument: Some(place + 1), ..error })?;
        match common {
            Common::Type(ScalarType::Real) | Common::DynamicNumber => {
                let test = compare::compare(Comparison::Equal, left.clone(), value, Nulls::AsFalse)?;
                tests.push(settled(test.expr));
            }
            Common::Type(ty) => {
                let value = convert(value, ty)?;
                match groups.iter_mut().find(|(group, _)| *group == ty) {
                    // A text that is no value of the other type equals nothing.
                    _ if value.is_null_literal() => {}
                    Some((_, values)) => values.push(value.expr),
                    None => groups.push((ty, vec![value.expr])),
                }
            }
        }
    }
    for (ty, values) in groups {
        tests.push(settled(in_list(convert(left.clone(), ty)?.expr, values, false)));
    }
    for item in list.scalars {
        tests.push(compare::compare(Comparison::Equal, left.clone(), item, Nulls::Exact)?.expr);
    }
    for array in list.arrays {
        tests.push(in_array(left.clone(), array)?.expr);
    }
    if has_null {
        let equal_to_null = when(left.expr.is_null(), lit(ScalarValue::Boolean(None)))
            .otherwise(lit(false))
            .map_err(|error| CallError::call(error.to_string()))?;
        tests.push(equal_to_null);
    }
    let found = tests.into_iter().reduce(Expr::or).unwrap_or_else(|| lit(false));
    Ok(Typed::new(if negated { !found } else { found }, ScalarType::Bool))
}

/// `left in (array)` for an array that a row computes.
fn in_array(left: Typed, array: Typed) -> Result<Typed, CallError> {
    match left.ty {
        ScalarType::String => of_array("in array", left, array, |text, json| {
            texts_of(json).iter().any(|element| element == text)
        }),
        ScalarType::Int | ScalarType::Long | ScalarType::Real => {
            let left = convert(convert(left, ScalarType::Real)?, ScalarType::String)?;
            of_array("in array of numbers", left, array, |text, json| {
                let number: Option<f64> = text.parse().ok();
                number.is_some_and(|number| {
                    dynamic::elements(json).any(|element| dynamic::to_real(element) == Some(number))
                })
            })
        }
        ty => Err(CallError::unsupported(format!("{ty} in an array that a row computes is not built yet"))),
    }
}

/// Which question is asked of a list of texts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Texts {
    /// Equal to one of them but for case.
    Folded,
    /// Holding one of them as a term.
    Any,
    /// Holding all of them as terms.
    All,
}

impl Texts {
    fn name(self) -> &'static str {
        match self {
            Texts::Folded => "in~",
            Texts::Any => "has_any",
            Texts::All => "has_all",
        }
    }

    /// The operator that asks the question of one text.
    fn single(self) -> &'static str {
        if self == Texts::Folded { "=~" } else { "has" }
    }
}

fn of_texts(texts: Texts, left: Typed, list: List) -> Result<Typed, CallError> {
    let mut needles = Vec::with_capacity(list.constants.len());
    for Element { value, .. } in list.constants {
        let text = convert(value, ScalarType::String)?;
        needles.push(text.literal_str().unwrap_or_default().to_string());
    }
    let mut tests = Vec::new();
    if !needles.is_empty() {
        tests.push(of_constants(texts, &left, &needles));
    }
    for item in list.scalars {
        tests.push(binary(texts.single(), left.clone(), convert(item, ScalarType::String)?)?.expr);
    }
    for array in list.arrays {
        let test: fn(&str, &str) -> bool = match texts {
            Texts::Folded => {
                |text, json| FoldedSet::new(texts_of(json).iter().map(String::as_str)).contains(text)
            }
            Texts::Any => |text, json| {
                AnyTerm::new(texts_of(json).iter().map(String::as_str)).in_text(text, &mut Vec::new())
            },
            Texts::All => |text, json| {
                AllTerms::new(texts_of(json).iter().map(String::as_str)).in_text(text, &mut Vec::new())
            },
        };
        tests.push(of_array(&format!("{} array", texts.name()), left.clone(), array, test)?.expr);
    }
    let joined = tests.into_iter().reduce(if texts == Texts::All { Expr::and } else { Expr::or });
    Ok(Typed::new(joined.unwrap_or_else(|| lit(texts == Texts::All)), ScalarType::Bool))
}

fn of_constants(texts: Texts, left: &Typed, needles: &[String]) -> Expr {
    let each = needles.iter().map(String::as_str);
    let kernel = match texts {
        Texts::Folded => {
            let set = FoldedSet::new(each);
            texts_kernel(move |text, _| set.contains(text))
        }
        Texts::Any => {
            let terms = AnyTerm::new(each);
            texts_kernel(move |text, scratch| terms.in_text(text, scratch))
        }
        Texts::All => {
            let terms = AllTerms::new(each);
            texts_kernel(move |text, scratch| terms.in_text(text, scratch))
        }
    };
    // The list is an argument as well, because that is what tells two calls of one kernel apart.
    let args = vec![left.expr.clone(), Typed::string(array_of(needles)).expr];
    KernelUdf::call(texts.name().to_string(), kernel, ScalarType::Bool.arrow(), false, args)
}

fn texts_kernel(test: impl Fn(&str, &mut Vec<u8>) -> bool + Send + Sync + 'static) -> Kernel {
    adapter::kernel(move |inputs: &[Input], rows: usize| -> EngineResult<ArrayRef> {
        let texts = adapter::next_input(&mut inputs.iter())?.view::<&str>()?;
        let mut scratch = Vec::new();
        let results: BooleanArray =
            (0..rows).map(|row| Some(test(texts.get(row).unwrap_or_default(), &mut scratch))).collect();
        Ok(Arc::new(results))
    })
}

/// A test of a text and the JSON array that stands in the same row; a null array has no elements.
fn of_array(
    name: &str,
    left: Typed,
    array: Typed,
    test: impl Fn(&str, &str) -> bool + Send + Sync + 'static,
) -> Result<Typed, CallError> {
    let kernel = adapter::kernel(move |inputs: &[Input], rows: usize| -> EngineResult<ArrayRef> {
        let mut inputs = inputs.iter();
        let texts = adapter::next_input(&mut inputs)?.view::<&str>()?;
        let arrays = adapter::next_input(&mut inputs)?.view::<Json<'_>>()?;
        let results: BooleanArray = (0..rows)
            .map(|row| {
                let json = arrays.get(row).map_or("[]", |json| json.0);
                Some(test(texts.get(row).unwrap_or_default(), json))
            })
            .collect();
        Ok(Arc::new(results))
    });
    let args = vec![left.expr, array.expr];
    Ok(Typed::new(
        KernelUdf::call(name.to_string(), kernel, ScalarType::Bool.arrow(), false, args),
        ScalarType::Bool,
    ))
}
