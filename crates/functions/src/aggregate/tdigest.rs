//! What percentiles hold inside, as a dynamic: `[[7],[values],[weights]]`.

use std::sync::Arc;

use datafusion::arrow::array::{ArrayRef, StringViewArray};
use datafusion::common::Result;
use kql_types::cell::CellReader;
use kql_types::dynamic::{self, JsonKind, Number};
use kql_types::{Cell, ScalarType, datetime, text, timespan};

use super::call::Built;
use super::digest::{Digest, Kind, real_key, real_of_key};
use super::fold::{self, Fold, State, argument, external};
use super::percentile::{cell, key, kind, weight};
use super::row::{Accepts, Aggregate, Call, Naming};
use crate::CallError;
use crate::resolve::convert;

pub(super) fn aggregates() -> Vec<Aggregate> {
    let merge = |name, doc, examples| {
        Aggregate::new(name, doc, examples, merge_digests)
            .param("tdigest", Accepts::Dynamic)
            .named(Naming::Prefix("merge_tdigests"))
    };
    let example = &[(
        "range x from 1 to 9 step 1 | summarize t = tdigest(x) by x % 2 | summarize t = tdigest_merge(t) | project \
         percentile_tdigest(t, 50, typeof(long))",
        "5",
    )];
    vec![
        Aggregate::new(
            "tdigest",
            "What percentiles() holds inside, as a dynamic that tdigest_merge() and percentile_tdigest() read; null \
             without a value.",
            &[("datatable(x:long)[2, 1, 2] | summarize tdigest(x)", "[[7],[1,2],[1,2]]")],
            digest,
        )
        .param("expr", Accepts::Summable)
        .param("weight", Accepts::Integer)
        .optional(),
        merge(
            "tdigest_merge",
            "One result of tdigest() made of many, which must be of one type.",
            example,
        ),
        merge("merge_tdigest", "Another name of tdigest_merge().", &[]),
    ]
}

fn digest(call: &Call<'_>) -> Result<Built, CallError> {
    let value = call.value(0)?.clone();
    let value = match value.ty {
        ScalarType::Int => convert(value, ScalarType::Long)?,
        ScalarType::Decimal => convert(value, ScalarType::Real)?,
        _ => value,
    };
    let mut args = vec![value.expr];
    if let Some(weight) = call.args.get(1) {
        args.push(convert(weight.value.clone(), ScalarType::Long)?.expr);
    }
    let fold = Digests { values: Values::Column(value.ty), weighted: args.len() > 1 };
    let expr = fold::call(format!("tdigest_{}", value.ty), fold, ScalarType::Dynamic.arrow(), args);
    Ok(Built::one(expr, ScalarType::Dynamic))
}

fn merge_digests(call: &Call<'_>) -> Result<Built, CallError> {
    let fold = Digests { values: Values::Digests, weighted: false };
    let args = vec![call.value(0)?.expr.clone()];
    let expr = fold::call("tdigest_merge".into(), fold, ScalarType::Dynamic.arrow(), args);
    Ok(Built::one(expr, ScalarType::Dynamic))
}

/// A digest with the type of its values: long, real, datetime or timespan.
#[derive(Default, Debug, Clone)]
pub struct TypedDigest {
    /// `None` while there is no value.
    pub ty: Option<ScalarType>,
    /// The values.
    pub digest: Digest,
}

impl TypedDigest {
    /// Adds another's values; longs meet reals as reals. `false` where the types do not go together.
    pub fn merge(&mut self, other: &TypedDigest) -> bool {
        let Some(theirs) = other.ty else { return true };
        let ty = match self.ty {
            None => theirs,
            Some(ours) if ours == theirs => ours,
            Some(ScalarType::Long | ScalarType::Real)
                if matches!(theirs, ScalarType::Long | ScalarType::Real) =>
            {
                ScalarType::Real
            }
            Some(_) => return false,
        };
        self.become_type(ty);
        let mut other = other.clone();
        other.become_type(ty);
        other.digest.settle(kind(ty));
        for &(key, weight) in other.digest.runs() {
            self.digest.add(key, weight, kind(ty));
        }
        true
    }

    fn become_type(&mut self, ty: ScalarType) {
        if self.ty == Some(ScalarType::Long) && ty == ScalarType::Real {
            let mut reals = Digest::default();
            self.digest.settle(Kind::Integer);
            for &(key, weight) in self.digest.runs() {
                reals.add(real_key(key as f64), weight, Kind::Real);
            }
            self.digest = reals;
        }
        self.ty = Some(ty);
    }

    /// The dynamic; `None` without a value.
    pub fn text(&mut self) -> Option<String> {
        let ty = self.ty?;
        self.digest.settle(kind(ty));
        let mut json = String::from("[[7],[");
        for (index, (key, _)) in self.digest.runs().iter().enumerate() {
            if index > 0 {
                json.push(',');
            }
            text::dynamic_json(cell(*key, ty), &mut json);
        }
        json.push_str("],[");
        for (index, (_, weight)) in self.digest.runs().iter().enumerate() {
            if index > 0 {
                json.push(',');
            }
            json.push_str(&weight.to_string());
        }
        json.push_str("]]");
        (!self.digest.is_empty()).then_some(json)
    }

    /// What [`TypedDigest::text`] wrote; `None` for anything else.
    pub fn parse(json: &str) -> Option<Self> {
        let mut parts = dynamic::elements(json).skip(1);
        let (values, weights) = (parts.next()?, parts.next()?);
        let mut parsed = TypedDigest::default();
        let mut weights = dynamic::elements(weights);
        for value in dynamic::elements(values) {
            let Some(Number::Long(weight)) = dynamic::number(weights.next()?) else { return None };
            let (ty, key) = read_value(value)?;
            let one = parsed.ty.get_or_insert(ty);
            match (*one, ty) {
                (one, ty) if one == ty => parsed.digest.add(key, u64::try_from(weight).ok()?, kind(ty)),
                _ => return None,
            }
        }
        parsed.digest.settle(kind(parsed.ty?));
        Some(parsed)
    }

    /// How many values there are.
    pub fn total(&self) -> u64 {
        self.digest.total()
    }

    /// How many values do not exceed one that is given as a dynamic; `None` where the types do not go together.
    pub fn rank(&self, value: &str) -> Option<u64> {
        let (ty, key) = read_value(value)?;
        let below = |limit: &dyn Fn(i64) -> bool| {
            self.digest.runs().iter().filter(|(key, _)| limit(*key)).map(|(_, weight)| weight).sum()
        };
        Some(match (self.ty?, ty) {
            (ours, theirs) if ours == theirs => below(&|run| run <= key),
            (ScalarType::Long, ScalarType::Real) => below(&|run| run as f64 <= real_of_key(key)),
            (ScalarType::Real, ScalarType::Long) => below(&|run| real_of_key(run) <= key as f64),
            _ => return None,
        })
    }

    /// A percentile as a dynamic.
    pub fn percentile(&self, percent: f64) -> Option<String> {
        let mut json = String::new();
        text::dynamic_json(cell(self.digest.percentile(percent)?, self.ty?), &mut json);
        Some(json)
    }
}

fn read_value(raw: &str) -> Option<(ScalarType, i64)> {
    Some(match dynamic::number(raw) {
        Some(Number::Long(value)) => (ScalarType::Long, value),
        Some(Number::Real(value)) => (ScalarType::Real, real_key(value)),
        None if dynamic::kind(raw) == Some(JsonKind::String) => {
            let value = dynamic::unquote(raw);
            match (timespan::parse(&value), &*value) {
                (Some(ticks), _) => (ScalarType::Timespan, ticks),
                (None, "NaN") => (ScalarType::Real, real_key(f64::NAN)),
                (None, "Infinity") => (ScalarType::Real, real_key(f64::INFINITY)),
                (None, "-Infinity") => (ScalarType::Real, real_key(f64::NEG_INFINITY)),
                (None, text) => (ScalarType::DateTime, datetime::parse(text)?),
            }
        }
        None => return None,
    })
}

#[derive(Clone, Copy)]
enum Values {
    Column(ScalarType),
    Digests,
}

struct Digests {
    values: Values,
    weighted: bool,
}

impl State for TypedDigest {
    fn save(&self, out: &mut Vec<u8>) {
        if let Some(ty) = self.ty {
            out.extend_from_slice(ty.name().as_bytes());
            out.push(b' ');
            self.digest.save(out);
        }
    }

    fn heap(&self) -> usize {
        self.digest.heap()
    }
}

enum Rows<'a> {
    Column(&'a ArrayRef, Option<&'a ArrayRef>, ScalarType),
    Digests(CellReader<'a>),
}

impl Fold for Digests {
    type State = TypedDigest;
    type Rows<'a> = RowsOf<'a>;

    fn rows<'a>(&self, args: &'a [ArrayRef]) -> Result<Self::Rows<'a>> {
        let first = argument(args, 0)?;
        Ok(RowsOf(match self.values {
            Values::Column(ty) => {
                Rows::Column(first, if self.weighted { Some(argument(args, 1)?) } else { None }, ty)
            }
            Values::Digests => Rows::Digests(CellReader::new(first, ScalarType::Dynamic).map_err(external)?),
        }))
    }

    fn update(&self, state: &mut TypedDigest, rows: &Self::Rows<'_>, row: usize) -> Result<()> {
        match &rows.0 {
            Rows::Column(values, weights, ty) => {
                if let (Some(key), Some(weight)) = (key(values, row, kind(*ty)), weight(*weights, row)) {
                    state.ty = Some(*ty);
                    state.digest.add(key, weight, kind(*ty));
                }
            }
            Rows::Digests(cells) => {
                if let Cell::Dynamic(json) = cells.get(row)
                    && let Some(digest) = TypedDigest::parse(json)
                    && !state.merge(&digest)
                {
                    return Err(fold::fault("tdigest_merge() was given digests of different types"));
                }
            }
        }
        Ok(())
    }

    fn merge(&self, state: &mut TypedDigest, saved: &[u8]) -> Result<()> {
        let Some(end) = saved.iter().position(|byte| *byte == b' ') else { return Ok(()) };
        let (name, rest) = saved.split_at(end);
        let ty = std::str::from_utf8(name).ok().and_then(ScalarType::from_name);
        if let (Some(ty), Some(rest)) = (ty, rest.get(1..)) {
            let mut other = TypedDigest { ty: Some(ty), digest: Digest::default() };
            other.digest.merge_saved(rest, kind(ty))?;
            if !state.merge(&other) {
                return Err(fold::fault("tdigest_merge() was given digests of different types"));
            }
        }
        Ok(())
    }

    fn finish(&self, mut states: Vec<TypedDigest>) -> Result<ArrayRef> {
        Ok(Arc::new(states.iter_mut().map(TypedDigest::text).collect::<StringViewArray>()))
    }
}

/// The argument columns of a batch.
pub struct RowsOf<'a>(Rows<'a>);
