//! How many distinct values.

use std::sync::Arc;

use datafusion::arrow::array::{ArrayRef, Int64Array, StringViewArray};
use datafusion::common::Result;
use kql_types::cell::CellReader;
use kql_types::{Cell, ScalarType};

use super::call::Built;
use super::distinct::{Distinct, Precision, hash};
use super::fold::{self, Fold, State, argument, external};
use super::hll;
use super::row::{Accepts, Aggregate, Call};
use crate::CallError;

pub(super) fn aggregates() -> Vec<Aggregate> {
    vec![
        Aggregate::new(
            "dcount",
            "The number of distinct values that are not null: exact up to half as many as the accuracy has registers \
             (8192 by default), an estimate beyond. The accuracy is 0 to 4 for a standard error of 1.6, 0.8, 0.4, \
             0.28 or 0.2 percent; 1 when it is not given.",
            &[
                ("datatable(x:long)[1, 2, 2, long(null)] | summarize dcount(x)", "2"),
                ("datatable(x:long)[] | summarize dcount(x)", "0"),
            ],
            |call| dcount(call, accuracy(call)?),
        )
        .param("expr", Accepts::Any)
        .constant("accuracy", Accepts::Integer)
        .optional(),
        Aggregate::new(
            "dcountif",
            "The number of distinct values over the rows for which the condition is true, as dcount() counts them.",
            &[("datatable(x:long)[1, 2, 2, 3] | summarize dcountif(x, x > 1)", "2")],
            |call| dcount(call, accuracy(call)?),
        )
        .param("expr", Accepts::Any)
        .predicate()
        .constant("accuracy", Accepts::Integer)
        .optional(),
        Aggregate::new(
            "count_distinct",
            "The exact number of distinct values that are not null.",
            &[("datatable(x:string)['a', 'b', 'b'] | summarize count_distinct(x)", "2")],
            |call| dcount(call, Precision::EXACT),
        )
        .param("expr", Accepts::NotDynamic),
        Aggregate::new(
            "count_distinctif",
            "The exact number of distinct values over the rows for which the condition is true.",
            &[("datatable(x:long)[1, 2, 2, 3] | summarize count_distinctif(x, x < 3)", "2")],
            |call| dcount(call, Precision::EXACT),
        )
        .param("expr", Accepts::NotDynamic)
        .predicate(),
        Aggregate::new(
            "hll",
            "What dcount() holds inside, as a dynamic that hll_merge() and dcount_hll() read; null without a value.",
            &[("datatable(x:long)[1, 2, 2] | summarize h = hll(x) | project dcount_hll(h)", "2")],
            |call| sketch(call, Values::Column(call.value(0)?.ty), accuracy(call)?),
        )
        .param("expr", Accepts::NotRealOrBool)
        .constant("accuracy", Accepts::Integer)
        .optional(),
        Aggregate::new(
            "hll_if",
            "What dcountif() holds inside, as a dynamic that hll_merge() and dcount_hll() read.",
            &[("datatable(x:long)[1, 2, 3] | summarize h = hll_if(x, x > 1) | project dcount_hll(h)", "2")],
            |call| sketch(call, Values::Column(call.value(0)?.ty), accuracy(call)?),
        )
        .param("expr", Accepts::NotRealOrBool)
        .predicate()
        .constant("accuracy", Accepts::Integer)
        .optional(),
        Aggregate::new(
            "hll_merge",
            "One result of hll() made of many, which must be of one accuracy.",
            &[(
                "range x from 1 to 9 step 1 | summarize h = hll(x) by x % 2 | summarize h = hll_merge(h) | project \
                 dcount_hll(h)",
                "9",
            )],
            |call| sketch(call, Values::Sketches, Precision::EXACT),
        )
        .param("hll", Accepts::Dynamic),
    ]
}

fn accuracy(call: &Call<'_>) -> Result<Precision, CallError> {
    let accuracy = call.integer(1)?.unwrap_or(1);
    Precision::of_accuracy(accuracy).ok_or_else(|| {
        let message = format!("{}(): the accuracy must be 0 to 4, not {accuracy}", call.aggregate.name);
        CallError::argument(1 + usize::from(call.aggregate.predicate.is_some()), message)
    })
}

fn dcount(call: &Call<'_>, precision: Precision) -> Result<Built, CallError> {
    let value = call.value(0)?;
    let name = match precision {
        Precision::EXACT => format!("count_distinct_{}", value.ty),
        Precision { bits, .. } => format!("dcount_{}_{bits}", value.ty),
    };
    let fold = Distincts { values: Values::Column(value.ty), precision, result: Outcome::Count };
    let expr = fold::call(name, fold, ScalarType::Long.arrow(), vec![value.expr.clone()]);
    Ok(Built::one(expr, ScalarType::Long))
}

fn sketch(call: &Call<'_>, values: Values, precision: Precision) -> Result<Built, CallError> {
    let value = call.value(0)?;
    let name = match values {
        Values::Column(ty) => format!("hll_{ty}_{}", precision.bits),
        Values::Sketches => "hll_merge".into(),
    };
    let fold = Distincts { values, precision, result: Outcome::Sketch };
    let expr = fold::call(name, fold, ScalarType::Dynamic.arrow(), vec![value.expr.clone()]);
    Ok(Built::one(expr, ScalarType::Dynamic))
}

/// What the argument column holds.
#[derive(Clone, Copy)]
enum Values {
    /// Values of this type.
    Column(ScalarType),
    /// Results of `hll()`.
    Sketches,
}

enum Outcome {
    Count,
    Sketch,
}

struct Distincts {
    values: Values,
    precision: Precision,
    result: Outcome,
}

/// The distinct hashes; merged sketches bring their own precision along.
#[derive(Default)]
struct Group {
    distinct: Distinct,
    bits: u8,
}

impl State for Group {
    fn save(&self, out: &mut Vec<u8>) {
        if self.bits > 0 {
            out.extend_from_slice(&[self.bits; 8]);
        }
        self.distinct.write(out);
    }

    fn heap(&self) -> usize {
        self.distinct.heap()
    }
}

impl Distincts {
    fn merge_sketch(&self, state: &mut Group, precision: Precision, distinct: &Distinct) -> Result<()> {
        let bits = precision.bits as u8;
        if state.bits != 0 && state.bits != bits {
            return Err(fold::fault("hll_merge() was given results of different accuracies"));
        }
        state.bits = bits;
        state.distinct.merge(distinct, precision);
        Ok(())
    }
}

impl Fold for Distincts {
    type State = Group;
    type Rows<'a> = CellReader<'a>;

    fn rows<'a>(&self, args: &'a [ArrayRef]) -> Result<Self::Rows<'a>> {
        let ty = match self.values {
            Values::Column(ty) => ty,
            Values::Sketches => ScalarType::Dynamic,
        };
        CellReader::new(argument(args, 0)?, ty).map_err(external)
    }

    fn update(&self, state: &mut Group, rows: &Self::Rows<'_>, row: usize) -> Result<()> {
        match (self.values, rows.get(row)) {
            (Values::Sketches, Cell::Dynamic(json)) => {
                if let Some((precision, distinct)) = hll::parse(json) {
                    self.merge_sketch(state, precision, &distinct)?;
                }
            }
            (Values::Sketches, _) => {}
            (Values::Column(_), cell) => {
                if let Some(hash) = hash(cell) {
                    state.distinct.insert(hash, self.precision);
                }
            }
        }
        Ok(())
    }

    fn merge(&self, state: &mut Group, saved: &[u8]) -> Result<()> {
        let Values::Sketches = self.values else {
            state.distinct.merge_written(saved, self.precision);
            return Ok(());
        };
        let Some((bits, saved)) = saved.split_at_checked(8) else { return Ok(()) };
        if let Some(precision) = hll::precision_of_bits(u32::from(bits[0])) {
            let mut distinct = Distinct::default();
            distinct.merge_written(saved, precision);
            self.merge_sketch(state, precision, &distinct)?;
        }
        Ok(())
    }

    fn finish(&self, states: Vec<Group>) -> Result<ArrayRef> {
        Ok(match self.result {
            Outcome::Count => {
                Arc::new(states.iter().map(|state| Some(state.distinct.count())).collect::<Int64Array>())
            }
            Outcome::Sketch => {
                let text = |state: &Group| {
                    let bits = if state.bits > 0 { u32::from(state.bits) } else { self.precision.bits };
                    (state.distinct != Distinct::Empty).then(|| hll::text(&state.distinct, bits))
                };
                Arc::new(states.iter().map(text).collect::<StringViewArray>())
            }
        })
    }
}
