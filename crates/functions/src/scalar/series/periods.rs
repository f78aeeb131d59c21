//! After how many elements a series repeats: series_periods_detect and series_periods_validate.

use datafusion::common::{DataFusionError, Result};
use kql_types::ScalarType;

use crate::column::{Input, Json};
use crate::function::{Function, Overload, Param, TupleColumns};
use crate::kernel::season::Spectrum;
use crate::kernel::series::{whole, write_reals};
use crate::tuple::{Field, tuple_kernel};

const COLUMNS: TupleColumns = &[("periods", ScalarType::Dynamic), ("scores", ScalarType::Dynamic)];
/// Kusto takes no more periods to validate.
const MOST_PERIODS: usize = 16;

pub(super) fn functions() -> Vec<Function> {
    let series = || Param::is("series", ScalarType::Dynamic);
    let mut validate = Function::new(
        "series_periods_validate",
        "How strongly a series repeats after each of up to 16 numbers of elements, as two series: the periods and their scores \
         between 0 and 1. The score of a period shorter than 4 or longer than half the series is 0. Series in which several \
         periods compete are not supported.",
        &[],
    );
    for count in 1..=MOST_PERIODS {
        let periods = PERIODS.iter().take(count).map(|name| Param::is(name, ScalarType::Real));
        let params = std::iter::once(series()).chain(periods).collect();
        validate = validate.on(Overload::tuple(params, COLUMNS, tuple_kernel(COLUMNS, validated)));
    }
    vec![
        Function::new(
            "series_periods_detect",
            "After how many elements between two bounds a series repeats most plainly, as two series: so many periods as are \
             asked for, filled up with 0, and their scores between 0 and 1. More periods than half the length of the series are \
             not supported. Series in which several periods compete are not \
             supported.",
            &[],
        )
        .on(Overload::tuple(
            vec![
                series(),
                Param::is("min_period", ScalarType::Real),
                Param::is("max_period", ScalarType::Real),
                Param::is("num_periods", ScalarType::Long),
            ],
            COLUMNS,
            tuple_kernel(COLUMNS, detected),
        )),
        validate,
    ]
}

const PERIODS: [&str; MOST_PERIODS] = [
    "period1", "period2", "period3", "period4", "period5", "period6", "period7", "period8", "period9",
    "period10", "period11", "period12", "period13", "period14", "period15", "period16",
];

fn detected(inputs: &[Input], row: usize) -> Result<Option<Vec<Field>>> {
    let [series, shortest, longest, count] = inputs else { return Ok(None) };
    let bounds = shortest.view::<f64>()?.get(row).zip(longest.view::<f64>()?.get(row));
    let count = count.view::<i64>()?.get(row).and_then(|count| usize::try_from(count).ok());
    let (Some((shortest, longest)), Some(count)) = (bounds, count) else { return Ok(None) };
    let Some(spectrum) = spectrum(series, row)? else { return Ok(None) };
    if count > spectrum.longest() {
        let message =
            "series_periods_detect() for more periods than half the length of the series is not supported";
        return Err(DataFusionError::NotImplemented(message.into()));
    }
    let found = spectrum.periods(shortest, longest, count).ok_or_else(open)?;
    Ok(Some(fields(&found)))
}

fn validated(inputs: &[Input], row: usize) -> Result<Option<Vec<Field>>> {
    let [series, periods @ ..] = inputs else { return Ok(None) };
    let periods = periods
        .iter()
        .map(|period| Ok(period.view::<f64>()?.get(row)))
        .collect::<Result<Option<Vec<f64>>>>()?;
    let (Some(periods), Some(spectrum)) = (periods, spectrum(series, row)?) else { return Ok(None) };
    let found = periods
        .into_iter()
        .map(|period| spectrum.score(period).map(|score| (period, score)).ok_or_else(open))
        .collect::<Result<Vec<_>>>()?;
    Ok(Some(fields(&found)))
}

fn fields(found: &[(f64, f64)]) -> Vec<Field> {
    let periods = write_reals(found.iter().map(|(period, _)| *period));
    let scores = write_reals(found.iter().map(|(_, score)| *score));
    vec![Field::Dynamic(Some(periods)), Field::Dynamic(Some(scores))]
}

/// The spectrum of a row's series; nothing for a null.
fn spectrum(series: &Input, row: usize) -> Result<Option<Spectrum>> {
    let Some(json) = series.view::<Json>()?.get(row) else { return Ok(None) };
    whole(json.0).as_deref().and_then(Spectrum::of).map(Some).ok_or_else(open)
}

fn open() -> DataFusionError {
    DataFusionError::NotImplemented(
        "whether a series has a period, and which, is not supported where none stands out from all others"
            .into(),
    )
}
