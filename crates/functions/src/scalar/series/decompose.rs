//! Seasonal part, trend and rest of a series: series_decompose, its forecast and its anomalies, series_seasonal.

use datafusion::common::{DataFusionError, Result};
use kql_types::ScalarType;

use crate::adapter::kernel;
use crate::column::{Input, Json, JsonText, Output};
use crate::function::{Function, Overload, Param, TupleColumns};
use crate::kernel::regression::{Line, mean, median};
use crate::kernel::season::{Season, detect};
use crate::kernel::series::{Element, whole, write_elements, write_reals};
use crate::scalar::series::outliers::Fence;
use crate::tuple::{Field, tuple_kernel};
use crate::{CallError, Typed};

/// The score that a period needs in series_decompose and its kin.
const THRESHOLD: f64 = 0.6;
/// The score that a period needs in series_seasonal.
const SEASONAL_THRESHOLD: f64 = 0.7;
/// The score from which an element counts as an anomaly.
const ANOMALY: f64 = 1.5;
/// A seasonality that is looked for.
const DETECT: i64 = -1;

const PARTS: TupleColumns = &[
    ("baseline", ScalarType::Dynamic),
    ("seasonal", ScalarType::Dynamic),
    ("trend", ScalarType::Dynamic),
    ("residual", ScalarType::Dynamic),
];

const ANOMALIES: TupleColumns =
    &[("ad_flag", ScalarType::Dynamic), ("ad_score", ScalarType::Dynamic), ("baseline", ScalarType::Dynamic)];

pub(super) fn functions() -> Vec<Function> {
    use ScalarType::{Dynamic, Long, Real, String};
    let series = Param::is("series", Dynamic);
    let seasonality = Param::is("seasonality", Long);
    let trend = Param::is("trend", String).constant();
    let test_points = Param::is("test_points", Long);
    let points = Param::is("points", Long);
    let threshold = Param::is("threshold", Real);
    let method = Param::is("ad_method", String).constant();
    let seasonality_threshold = Param::is("seasonality_threshold", Real);
    let decompose = [&series, &seasonality, &trend, &test_points, &seasonality_threshold];
    let anomalies =
        [&series, &threshold, &seasonality, &trend, &test_points, &method, &seasonality_threshold];
    let forecast = [&series, &points, &seasonality, &trend, &seasonality_threshold];
    let seasonal = [&series, &Param::is("period", Long), &test_points];
    let first =
        |params: &[&Param], count: usize| params.iter().take(count).map(|param| (*param).clone()).collect();
    let mut parts = Function::new(
        "series_decompose",
        "The series as a baseline, which is a seasonal part and a trend, and a residual: four series. The seasonal part is the \
         median of the elements at the same place of a period, which is given, 0 for none, or -1 to look for one; \
         the trend is avg, linefit or none. The last elements, as many as the fourth argument tells, are not learned from.",
        &[],
    )
    .checked(|args| known(args, Some(2), None));
    for count in 1..=5 {
        parts = parts.on(Overload::tuple(first(&decompose, count), PARTS, tuple_kernel(PARTS, parts_of)));
    }
    let mut found = Function::new(
        "series_decompose_anomalies",
        "Flags of anomalies, 1 and -1 for elements far above and below the baseline, their scores, and the baseline of \
         series_decompose: three series. The scores are those that series_outliers gives the residual; the threshold \
         is 1.5 if none is given.",
        &[],
    )
    .checked(|args| known(args, Some(3), Some(5)));
    for count in 1..=7 {
        found = found.on(Overload::tuple(
            first(&anomalies, count),
            ANOMALIES,
            tuple_kernel(ANOMALIES, anomalies_of),
        ));
    }
    let mut ahead = Function::new(
        "series_decompose_forecast",
        "The baseline of series_decompose with a linear trend, whose last elements, as many as the second argument tells, are \
         not learned from but foretold.",
        &[("series_decompose_forecast(dynamic([1,2,3,4,0,0]), 2, 0)", "[1.0,2.0,3.0,4.0,5.0,6.0]")],
    )
    .checked(|args| known(args, Some(3), None));
    for count in 2..=5 {
        ahead = ahead.on(Overload::kernel(first(&forecast, count), Dynamic, kernel(forecast_of)));
    }
    let mut season = Function::new(
        "series_seasonal",
        "The seasonal part of a series: the median of the elements at the same place of a period, which is given, or looked \
         for; zeros where there is none.",
        &[("series_seasonal(dynamic([1,3,5,1,3,5,2,4,6]), 3)", "[1.0,3.0,5.0,1.0,3.0,5.0,1.0,3.0,5.0]")],
    );
    for count in 1..=3 {
        season = season.on(Overload::kernel(first(&seasonal, count), Dynamic, kernel(seasonal_of)));
    }
    vec![parts, found, ahead, season]
}

#[derive(Debug, Clone, Copy, PartialEq)]
enum Trend {
    Average,
    Line,
    Nothing,
}

impl Trend {
    fn from_name(name: &str) -> Option<Self> {
        Some(match name {
            "avg" => Trend::Average,
            "linefit" => Trend::Line,
            "none" => Trend::Nothing,
            _ => return None,
        })
    }
}

fn known(args: &[Typed], trend: Option<usize>, method: Option<usize>) -> Result<(), CallError> {
    let text = |index: Option<usize>| index.and_then(|index| Some((index, args.get(index)?.literal_str()?)));
    if let Some((index, name)) = text(trend)
        && Trend::from_name(name).is_none()
    {
        return Err(CallError::argument(index, format!("'{name}' is no trend; avg, linefit and none are")));
    }
    if let Some((index, name)) = text(method)
        && Fence::of_kind(name).is_none()
    {
        return Err(CallError::argument(index, format!("'{name}' is no method; ctukey and tukey are")));
    }
    Ok(())
}

/// The arguments of a row after the series.
struct Arguments<'a> {
    inputs: &'a [Input],
    row: usize,
}

impl Arguments<'_> {
    fn long(&self, index: usize, default: i64) -> Result<Option<i64>> {
        match self.inputs.get(index) {
            Some(input) => Ok(input.view::<i64>()?.get(self.row)),
            None => Ok(Some(default)),
        }
    }

    fn real(&self, index: usize, default: f64) -> Result<Option<f64>> {
        match self.inputs.get(index) {
            Some(input) => Ok(input.view::<f64>()?.get(self.row)),
            None => Ok(Some(default)),
        }
    }

    fn text(&self, index: usize, default: &str) -> Result<String> {
        match self.inputs.get(index) {
            Some(input) => Ok(input.view::<&str>()?.get(self.row).unwrap_or_default().to_string()),
            None => Ok(default.to_string()),
        }
    }

    fn series(&self) -> Result<Option<Vec<f64>>> {
        match self.inputs.first() {
            Some(input) => Ok(input.view::<Json>()?.get(self.row).and_then(|json| whole(json.0))),
            None => Ok(None),
        }
    }
}

/// How a series is taken apart.
struct Method {
    seasonality: i64,
    trend: Trend,
    /// How many elements at the end are not learned from.
    test_points: usize,
    threshold: f64,
}

struct Decomposition {
    seasonal: Vec<f64>,
    trend: Vec<f64>,
    residual: Vec<f64>,
    baseline: Vec<f64>,
    learned: usize,
}

impl Method {
    fn decompose(&self, series: &[f64]) -> Result<Option<Decomposition>> {
        let length = series.len();
        let learned = length.saturating_sub(self.test_points);
        let seasonal = seasonal_part(series, learned, self.seasonality, self.threshold)?;
        let rest: Vec<f64> =
            series.iter().zip(&seasonal).take(learned).map(|(value, season)| value - season).collect();
        let trend: Vec<f64> = match self.trend {
            Trend::Nothing => vec![0.0; length],
            Trend::Average => match mean(&rest) {
                Some(mean) => vec![mean; length],
                None => return Ok(None),
            },
            Trend::Line => match Line::fit(&rest) {
                Some(line) => (0..length).map(|x| line.at(x)).collect(),
                None => return Ok(None),
            },
        };
        let baseline: Vec<f64> = seasonal.iter().zip(&trend).map(|(season, trend)| season + trend).collect();
        let residual = series.iter().zip(&baseline).map(|(value, base)| value - base).collect();
        Ok(Some(Decomposition { seasonal, trend, residual, baseline, learned }))
    }
}

/// The seasonal part, learned from the first elements.
fn seasonal_part(series: &[f64], learned: usize, seasonality: i64, threshold: f64) -> Result<Vec<f64>> {
    let known = series.get(..learned).unwrap_or(series);
    let period = match seasonality {
        DETECT => match detect(known, threshold) {
            Season::Period(period, _) => period,
            Season::None => 0,
            Season::Open => {
                return Err(DataFusionError::NotImplemented(
                    "whether a series has a period, and which, is not supported where it is not plain; give the period, \
                     or 0 for none"
                        .into(),
                ));
            }
        },
        given => usize::try_from(given).unwrap_or(0),
    };
    if period == 0 || series.is_empty() {
        return Ok(vec![0.0; series.len()]);
    }
    if period > known.len() {
        return Err(DataFusionError::NotImplemented(format!(
            "a period of {period} in a series of {} elements is not supported",
            known.len()
        )));
    }
    let phases: Vec<f64> = (0..period)
        .map(|phase| {
            let mut values: Vec<f64> = known.iter().skip(phase).step_by(period).copied().collect();
            median(&mut values).unwrap_or(0.0)
        })
        .collect();
    Ok(phases.iter().copied().cycle().take(series.len()).collect())
}

fn trend_of(name: &str) -> Trend {
    Trend::from_name(name).unwrap_or(Trend::Average)
}

fn points(count: Option<i64>) -> usize {
    usize::try_from(count.unwrap_or(0)).unwrap_or(0)
}

fn parts_of(inputs: &[Input], row: usize) -> Result<Option<Vec<Field>>> {
    let arguments = Arguments { inputs, row };
    let Some(series) = arguments.series()? else { return Ok(None) };
    let method = Method {
        seasonality: arguments.long(1, DETECT)?.unwrap_or(DETECT),
        trend: trend_of(&arguments.text(2, "avg")?),
        test_points: points(arguments.long(3, 0)?),
        threshold: arguments.real(4, THRESHOLD)?.unwrap_or(THRESHOLD),
    };
    let found = method.decompose(&series)?;
    Ok(found.map(|found| {
        [found.baseline, found.seasonal, found.trend, found.residual]
            .map(|part| Field::Dynamic(Some(write_reals(part))))
            .into()
    }))
}

fn anomalies_of(inputs: &[Input], row: usize) -> Result<Option<Vec<Field>>> {
    let arguments = Arguments { inputs, row };
    let Some(series) = arguments.series()? else { return Ok(None) };
    let threshold = arguments.real(1, ANOMALY)?.unwrap_or(ANOMALY);
    let method = Method {
        seasonality: arguments.long(2, DETECT)?.unwrap_or(DETECT),
        trend: trend_of(&arguments.text(3, "avg")?),
        test_points: points(arguments.long(4, 0)?),
        threshold: arguments.real(6, THRESHOLD)?.unwrap_or(THRESHOLD),
    };
    let fence = Fence::of_kind(&arguments.text(5, "ctukey")?);
    let Some((found, fence)) = method.decompose(&series)?.zip(fence) else { return Ok(None) };
    let residual: Vec<Option<f64>> =
        found.residual.iter().map(|value| value.is_finite().then_some(*value)).collect();
    let scores = fence.scores(&residual, found.learned)?;
    let flags = scores
        .iter()
        .map(|score| Some(Element::Long(i64::from(*score > threshold) - i64::from(*score < -threshold))));
    Ok(Some(vec![
        Field::Dynamic(Some(write_elements(flags))),
        Field::Dynamic(Some(write_reals(scores.iter().copied()))),
        Field::Dynamic(Some(write_reals(found.baseline))),
    ]))
}

/// A column of series, each made of the arguments of its row.
fn column(
    inputs: &[Input],
    rows: usize,
    of: impl Fn(Arguments<'_>) -> Result<Option<Vec<f64>>>,
) -> Result<datafusion::arrow::array::ArrayRef> {
    let mut builder = JsonText::builder(rows);
    for row in 0..rows {
        let series = of(Arguments { inputs, row })?;
        JsonText::append(&mut builder, series.map(|series| JsonText(write_reals(series))));
    }
    Ok(JsonText::finish(builder))
}

fn forecast_of(inputs: &[Input], rows: usize) -> Result<datafusion::arrow::array::ArrayRef> {
    column(inputs, rows, |arguments| {
        let Some(series) = arguments.series()? else { return Ok(None) };
        let method = Method {
            seasonality: arguments.long(2, DETECT)?.unwrap_or(DETECT),
            trend: trend_of(&arguments.text(3, "linefit")?),
            test_points: points(arguments.long(1, 0)?),
            threshold: arguments.real(4, THRESHOLD)?.unwrap_or(THRESHOLD),
        };
        Ok(method.decompose(&series)?.map(|found| found.baseline))
    })
}

fn seasonal_of(inputs: &[Input], rows: usize) -> Result<datafusion::arrow::array::ArrayRef> {
    column(inputs, rows, |arguments| {
        let Some(series) = arguments.series()? else { return Ok(None) };
        let period = arguments.long(1, DETECT)?.unwrap_or(DETECT);
        let learned = series.len().saturating_sub(points(arguments.long(2, 0)?));
        seasonal_part(&series, learned, period, SEASONAL_THRESHOLD).map(Some)
    })
}
