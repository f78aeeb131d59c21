//! The row at the extreme of a value, and any row.

use std::sync::Arc;

use datafusion::arrow::datatypes::{DataType, Field};
use datafusion::functions::expr_fn::coalesce;
use datafusion::logical_expr::{Expr, lit};
use kql_types::ScalarType;

use super::best_row::BestRow;
use super::call::{Argument, Built, field_name};
use super::row::{Accepts, Aggregate, Naming};
use super::udaf::{Groups, Udaf};
use crate::Typed;
use crate::typed::null_value;

pub(super) fn aggregates() -> Vec<Aggregate> {
    let arg = |name, doc, examples, build| {
        Aggregate::new(name, doc, examples, build)
            .param("maximized", Accepts::Orderable)
            .param("returned", Accepts::Any)
            .optional()
            .repeats()
            .named(Naming::Own)
    };
    vec![
        arg(
            "arg_max",
            "The greatest value, and the values of other expressions in the row where it stands; `*` is every other \
             column. A null counts as less than any value.",
            &[("datatable(t:long, v:string)[1, 'old', 3, 'new', long(null), 'x'] | summarize arg_max(t, v)", "3|new")],
            |call| Ok(built(true, call.args, names(call.args, "max"))),
        ),
        arg(
            "arg_min",
            "The least value, and the values of other expressions in the row where it stands; `*` is every other \
             column. A null counts as greater than any value.",
            &[("datatable(t:long, v:string)[1, 'old', 3, 'new', long(null), 'x'] | summarize arg_min(t, v)", "1|old")],
            |call| Ok(built(false, call.args, names(call.args, "min"))),
        ),
        arg(
            "argmax",
            "The old form of arg_max(), whose columns are called `max_t` and `max_t_v`.",
            &[("datatable(t:long, v:string)[1, 'old', 3, 'new'] | summarize argmax(t, v)", "3|new")],
            |call| Ok(built(true, call.args, old_names(call.args, "max"))),
        ),
        arg(
            "argmin",
            "The old form of arg_min(), whose columns are called `min_t` and `min_t_v`.",
            &[("datatable(t:long, v:string)[1, 'old', 3, 'new'] | summarize argmin(t, v)", "1|old")],
            |call| Ok(built(false, call.args, old_names(call.args, "min"))),
        ),
        Aggregate::new(
            "take_any",
            "The values of the expressions in some row; of a single expression a value that is neither null nor \
             empty, if there is one.",
            &[("datatable(x:long)[long(null), 7] | summarize take_any(x)", "7")],
            |call| Ok(any_row(call.args, any_names(call.args, ""))),
        )
        .param("expr", Accepts::Any)
        .repeats()
        .named(Naming::Own),
        Aggregate::new(
            "any",
            "The old form of take_any(), whose columns are called `any_x`.",
            &[("datatable(x:long)[long(null), 7] | summarize any(x)", "7")],
            |call| Ok(any_row(call.args, any_names(call.args, "any_"))),
        )
        .param("expr", Accepts::Any)
        .repeats()
        .named(Naming::Own),
        Aggregate::new(
            "take_anyif",
            "The value of the expression in some row for which the condition is true, null when there is none.",
            &[("datatable(x:long)[1, 2, 3] | summarize take_anyif(x, x == 2)", "2")],
            |call| Ok(any_row(call.args, any_names(call.args, ""))),
        )
        .param("expr", Accepts::Any)
        .predicate()
        .named(Naming::FirstArgument),
        Aggregate::new(
            "anyif",
            "The old form of take_anyif(), whose column is called `anyif_x`.",
            &[("datatable(x:long)[1, 2, 3] | summarize anyif(x, x == 2)", "2")],
            |call| Ok(any_row(call.args, any_names(call.args, ""))),
        )
        .param("expr", Accepts::Any)
        .predicate(),
    ]
}

/// An expression that yields a struct of the extreme of `by` (field `c0`) and the values of `columns` (`c1` and so
/// on) in the row where it stands.
///
/// Nulls of `by` lose to every value; of equal rows the first wins. Without a row every field is null.
pub fn arg_extreme(max: bool, by: Typed, columns: Vec<Typed>) -> Expr {
    let values: Vec<Typed> = std::iter::once(by).chain(columns).collect();
    let types: Vec<DataType> = values.iter().map(|value| value.ty.arrow()).collect();
    let fields = types.iter().enumerate().map(|(index, ty)| Field::new(field_name(index), ty.clone(), true));
    let mut state = vec![DataType::Boolean];
    state.extend(types.iter().cloned());
    let udaf = Udaf {
        name: if max { "arg_max" } else { "arg_min" }.into(),
        returns: DataType::Struct(fields.collect()),
        state,
        make: Arc::new(move || {
            let groups: Box<dyn Groups> = Box::new(BestRow::new(max, types.clone()));
            groups
        }),
    };
    udaf.call(values.into_iter().map(|value| value.expr).collect())
}

fn built(max: bool, args: &[Argument], names: Vec<Option<String>>) -> Built {
    let mut values = args.iter().map(|arg| arg.value.clone());
    let by = values.next().unwrap_or_else(|| Typed::bool(true));
    let types = args.iter().map(|arg| arg.value.ty);
    let columns = names.into_iter().zip(types).collect();
    Built::fields(arg_extreme(max, by, values.collect()), columns)
}

/// Any row is the row at the greatest of a constant; one with a value, where only one is asked for.
fn any_row(args: &[Argument], names: Vec<Option<String>>) -> Built {
    let by = match args {
        [only] => Typed::new(has_value(&only.value), ScalarType::Bool),
        _ => Typed::bool(true),
    };
    let types = args.iter().map(|arg| arg.value.ty);
    let columns = std::iter::once((None, ScalarType::Bool)).chain(names.into_iter().zip(types)).collect();
    let values = args.iter().map(|arg| arg.value.clone()).collect();
    let mut built = Built::fields(arg_extreme(true, by, values), columns);
    built.outputs.remove(0);
    built
}

fn has_value(value: &Typed) -> Expr {
    match value.ty {
        ScalarType::String => coalesce(vec![value.expr.clone(), lit(null_value(ScalarType::String))])
            .not_eq(lit(null_value(ScalarType::String))),
        _ => value.expr.clone().is_not_null(),
    }
}

fn names(args: &[Argument], prefix: &str) -> Vec<Option<String>> {
    let primary = args.first().and_then(|arg| arg.name.clone()).unwrap_or_default();
    let default = |index: usize| match index {
        0 => format!("{prefix}_"),
        _ => format!("{prefix}_{primary}_arg{index}"),
    };
    let name = |(index, arg): (usize, &Argument)| Some(arg.name.clone().unwrap_or_else(|| default(index)));
    args.iter().enumerate().map(name).collect()
}

fn old_names(args: &[Argument], prefix: &str) -> Vec<Option<String>> {
    let primary = args.first().and_then(|arg| arg.name.clone()).unwrap_or_default();
    let name = |(index, arg): (usize, &Argument)| {
        let own = arg.name.clone().unwrap_or_else(|| format!("arg{index}"));
        Some(if index == 0 { format!("{prefix}_{primary}") } else { format!("{prefix}_{primary}_{own}") })
    };
    args.iter().enumerate().map(name).collect()
}

fn any_names(args: &[Argument], prefix: &str) -> Vec<Option<String>> {
    let name = |(index, arg): (usize, &Argument)| match (&arg.name, prefix, args.len()) {
        (Some(name), _, _) => format!("{prefix}{name}"),
        (None, "any_", 1) => "any_".into(),
        (None, _, _) => format!("any_arg{index}"),
    };
    args.iter().enumerate().map(|arg| Some(name(arg))).collect()
}
