//! Scores of outliers after Tukey: series_outliers.

use datafusion::common::DataFusionError;
use kql_types::ScalarType;

use crate::adapter::{kernel, next_input};
use crate::column::{Input, Json, JsonText, Output};
use crate::function::{Function, Overload, Param};
use crate::kernel::percentile::percentile;
use crate::kernel::series::{reals, write_reals};
use crate::{CallError, Typed};

/// Standard scores of the percentiles 2, 8, 14, .. 50. Kusto takes those between from the line between neighbours.
const STANDARD_SCORES: [f64; 9] = [
    -2.05374891,
    -1.40507156,
    -1.08031934,
    -0.84162123,
    -0.64334541,
    -0.46769880,
    -0.30548079,
    -0.15096922,
    0.0,
];
const LOWEST_PERCENTILE: f64 = 2.0;
const PERCENTILE_STEP: f64 = 6.0;
/// The standard score at which Tukey's test with quartiles yields 1.5.
const MILD_OUTLIER: f64 = 2.7;
const MILD_SCORE: f64 = 1.5;

pub(super) fn functions() -> Vec<Function> {
    let overload = |count: usize| {
        let all = [
            Param::is("series", ScalarType::Dynamic),
            Param::is("kind", ScalarType::String).constant(),
            Param::is("ignore_val", ScalarType::Real),
            Param::is("min_percentile", ScalarType::Real).constant(),
            Param::is("max_percentile", ScalarType::Real).constant(),
        ];
        Overload::kernel(all.into_iter().take(count).collect(), ScalarType::Dynamic, kernel(run))
    };
    vec![
        Function::new(
            "series_outliers",
            "A score for every element: how far it lies outside a middle range, as a multiple of the range, 0 within it. The \
             kind ctukey, which is meant if none is given, takes the range from the 10th to the 90th percentile, or \
             from a given pair, and scales the scores to those of quartiles; tukey takes the quartiles. Nulls and \
             elements equal to the third argument score 0.",
            &[
                (
                    "series_outliers(dynamic([-3,2.4,15,3.9,5,6,4.5,5.2,3,4,5,16,7,5,5,4]))[11]",
                    "1.6702443406674186",
                ),
                ("series_outliers(dynamic([1,2,3,4,9]), 'tukey')", "[-0.5,0.0,0.0,0.0,2.5]"),
            ],
        )
        .keeps_name()
        .on(overload(1))
        .on(overload(2))
        .on(overload(3))
        .on(overload(5))
        .checked(check),
    ]
}

/// The middle range and how a distance from it becomes a score.
#[derive(Debug, Clone, Copy)]
pub(super) struct Fence {
    low: f64,
    high: f64,
    factor: f64,
}

impl Fence {
    /// The range between the quartiles.
    const TUKEY: Fence = Fence { low: 25.0, high: 75.0, factor: 1.0 };

    /// The fence of a kind with its own percentiles; `None` for a kind that does not exist.
    pub(super) fn of_kind(kind: &str) -> Option<Self> {
        match kind {
            "tukey" => Some(Fence::TUKEY),
            "ctukey" => Fence::custom(10.0, 90.0),
            _ => None,
        }
    }

    /// The range between two percentiles that lie alike about the middle.
    fn custom(low: f64, high: f64) -> Option<Self> {
        let symmetric = (low + high - 100.0).abs() < 1e-9;
        if !symmetric || !(LOWEST_PERCENTILE..50.0).contains(&low) {
            return None;
        }
        let score = -standard_score(low)?;
        Some(Fence { low, high, factor: MILD_SCORE * 2.0 * score / (MILD_OUTLIER - score) })
    }

    /// The scores of all values; the range is taken from the first `learned` of them.
    pub(super) fn scores(
        self,
        values: &[Option<f64>],
        learned: usize,
    ) -> datafusion::common::Result<Vec<f64>> {
        let mut sorted: Vec<f64> = values.iter().take(learned).copied().flatten().collect();
        sorted.sort_by(f64::total_cmp);
        let Some((low, high)) = percentile(&sorted, self.low).zip(percentile(&sorted, self.high)) else {
            return Ok(vec![0.0; values.len()]);
        };
        let range = high - low;
        values
            .iter()
            .map(|value| match value {
                Some(value) if *value > high => self.score(value - high, range),
                Some(value) if *value < low => self.score(value - low, range),
                _ => Ok(0.0),
            })
            .collect()
    }

    fn score(self, distance: f64, range: f64) -> datafusion::common::Result<f64> {
        if range > 0.0 {
            return Ok(distance / range * self.factor);
        }
        Err(DataFusionError::NotImplemented(format!(
            "outliers of a series whose percentiles {} and {} are equal are not supported",
            self.low, self.high
        )))
    }
}

fn standard_score(percent: f64) -> Option<f64> {
    let place = (percent - LOWEST_PERCENTILE) / PERCENTILE_STEP;
    let index = place.floor() as usize;
    let lower = *STANDARD_SCORES.get(index)?;
    let upper = *STANDARD_SCORES.get(index + 1).unwrap_or(&lower);
    Some(lower + (upper - lower) * (place - index as f64))
}

fn real_literal(arg: Option<&Typed>) -> Option<f64> {
    match arg?.literal()? {
        datafusion::scalar::ScalarValue::Float64(value) => *value,
        _ => arg?.literal_i64().map(|value| value as f64),
    }
}

fn check(args: &[Typed]) -> Result<(), CallError> {
    if let Some(kind) = args.get(1).and_then(Typed::literal_str)
        && Fence::of_kind(kind).is_none()
    {
        return Err(CallError::argument(1, format!("'{kind}' is no kind of outliers; ctukey and tukey are")));
    }
    if let Some((low, high)) = real_literal(args.get(3)).zip(real_literal(args.get(4)))
        && Fence::custom(low, high).is_none()
    {
        let message =
            "series_outliers(): percentiles that do not lie alike about 50, from 2 to 98, are not supported";
        return Err(CallError { unsupported: true, ..CallError::argument(3, message) });
    }
    Ok(())
}

fn run(inputs: &[Input], rows: usize) -> datafusion::common::Result<datafusion::arrow::array::ArrayRef> {
    let mut inputs = inputs.iter();
    let series = next_input(&mut inputs)?.view::<Json>()?;
    let kind = inputs.next().map(Input::view::<&str>).transpose()?;
    let ignored = inputs.next().map(Input::view::<f64>).transpose()?;
    let low = inputs.next().map(Input::view::<f64>).transpose()?;
    let high = inputs.next().map(Input::view::<f64>).transpose()?;
    let kind = kind.and_then(|kind| kind.get(0)).unwrap_or("ctukey");
    let percentiles = low.and_then(|low| low.get(0)).zip(high.and_then(|high| high.get(0)));
    let fence = match percentiles {
        Some((low, high)) if kind == "ctukey" => Fence::custom(low, high),
        _ => Fence::of_kind(kind),
    };
    let mut builder = JsonText::builder(rows);
    for row in 0..rows {
        let ignored = ignored.as_ref().and_then(|ignored| ignored.get(row));
        let scores = match series.get(row).and_then(|json| reals(json.0)).zip(fence) {
            Some((mut values, fence)) => {
                for value in &mut values {
                    *value = value.filter(|value| value.is_finite() && Some(*value) != ignored);
                }
                Some(fence.scores(&values, values.len())?)
            }
            None => None,
        };
        JsonText::append(&mut builder, scores.map(|scores| JsonText(write_reals(scores))));
    }
    Ok(JsonText::finish(builder))
}
