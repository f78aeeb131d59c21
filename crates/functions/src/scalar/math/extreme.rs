//! The largest and the smallest of several values: max_of, min_of.

use std::cmp::Ordering;

use datafusion::arrow::array::ArrayRef;
use datafusion::common::Result;
use kql_types::ScalarType;

use crate::adapter::{KernelUdf, kernel};
use crate::column::{Argument, DateTime, Decimal, Guid, Input, Output, Timespan};
use crate::function::{Function, Kernel, Overload, Param};
use crate::resolve::unify;
use crate::{CallError, Typed};

/// Kusto takes no more arguments.
const MOST_ARGUMENTS: usize = 64;

pub(super) fn functions() -> Vec<Function> {
    vec![
        Function::new(
            "max_of",
            "The largest of its arguments, which have one type; nulls are passed over.",
            &[
                ("max_of(10, 1, -3, 17)", "17"),
                ("max_of(1, int(null))", "1"),
                ("max_of(1, 2.5)", "2.5"),
                ("max_of(datetime(2024-12-15), datetime(2024-12-14))", "2024-12-15T00:00:00.0000000Z"),
            ],
        )
        .on(Overload::expand(vec![Param::any("arg")], |args| extreme("max_of", Ordering::Greater, args))
            .variadic(2)),
        Function::new(
            "min_of",
            "The smallest of its arguments, which have one type; nulls are passed over.",
            &[("min_of(10, 1, -3, 17)", "-3"), ("min_of(1, int(null))", "1"), ("min_of('b', 'a')", "a")],
        )
        .on(Overload::expand(vec![Param::any("arg")], |args| extreme("min_of", Ordering::Less, args))
            .variadic(2)),
    ]
}

fn extreme(name: &'static str, wanted: Ordering, args: &[Typed]) -> Result<Typed, CallError> {
    if args.len() > MOST_ARGUMENTS {
        return Err(CallError::call(format!("{name}() takes at most {MOST_ARGUMENTS} arguments")));
    }
    let args = unify(args.to_vec())?;
    let Some(ty) = args.first().map(|arg| arg.ty) else {
        return Err(CallError::call(format!("{name}() takes at least 2 arguments")));
    };
    let run: Kernel = match ty {
        ScalarType::Bool => kernel(move |inputs, rows| best::<bool, bool>(inputs, rows, wanted, bool::cmp)),
        ScalarType::Int => kernel(move |inputs, rows| best::<i32, i32>(inputs, rows, wanted, i32::cmp)),
        ScalarType::Long => kernel(move |inputs, rows| best::<i64, i64>(inputs, rows, wanted, i64::cmp)),
        ScalarType::Real => {
            kernel(move |inputs, rows| best::<f64, f64>(inputs, rows, wanted, f64::total_cmp))
        }
        ScalarType::Decimal => {
            kernel(move |inputs, rows| best::<Decimal, Decimal>(inputs, rows, wanted, Decimal::cmp))
        }
        ScalarType::DateTime => {
            kernel(move |inputs, rows| best::<DateTime, DateTime>(inputs, rows, wanted, DateTime::cmp))
        }
        ScalarType::Timespan => {
            kernel(move |inputs, rows| best::<Timespan, Timespan>(inputs, rows, wanted, Timespan::cmp))
        }
        ScalarType::Guid => kernel(move |inputs, rows| best::<Guid, Guid>(inputs, rows, wanted, Guid::cmp)),
        ScalarType::String => kernel(move |inputs, rows| {
            best::<&str, &str>(inputs, rows, wanted, |left, right| left.cmp(right))
        }),
        ScalarType::Dynamic => {
            return Err(CallError::call(format!(
                "{name}() does not order dynamic values; convert them first"
            )));
        }
    };
    let exprs = args.into_iter().map(|arg| arg.expr).collect();
    Ok(Typed::new(KernelUdf::call(format!("{name}/{ty}"), run, ty.arrow(), false, exprs), ty))
}

fn best<'a, A, O>(
    inputs: &'a [Input],
    rows: usize,
    wanted: Ordering,
    compare: impl Fn(&A, &A) -> Ordering,
) -> Result<ArrayRef>
where
    A: Argument<'a> + Into<O>,
    O: Output,
{
    let views = inputs.iter().map(Input::view::<A>).collect::<Result<Vec<_>>>()?;
    let mut builder = O::builder(rows);
    for row in 0..rows {
        let found = views
            .iter()
            .filter_map(|view| view.get(row))
            .reduce(|best, value| if compare(&value, &best) == wanted { value } else { best });
        O::append(&mut builder, found.map(Into::into));
    }
    Ok(O::finish(builder))
}
