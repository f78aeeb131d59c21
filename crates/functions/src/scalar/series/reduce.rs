//! A series to one number: sums, products, similarity, statistics.

use kql_types::number::write_json_real;

use crate::column::{Input, Json, JsonText};
use crate::function::{Function, Overload, Param, TupleColumns};
use crate::kernel::regression::{dot, mean};
use crate::kernel::series::reals;
use crate::row;
use crate::tuple::{Field, tuple_kernel};
use kql_types::ScalarType;

const STATISTICS: TupleColumns = &[
    ("min", ScalarType::Real),
    ("min_idx", ScalarType::Long),
    ("max", ScalarType::Real),
    ("max_idx", ScalarType::Long),
    ("avg", ScalarType::Real),
    ("stdev", ScalarType::Real),
    ("variance", ScalarType::Real),
];

pub(super) fn functions() -> Vec<Function> {
    vec![
        Function::new("series_sum", "The sum of the numbers in a series, as a real.", &[(
            "series_sum(dynamic([1,2,3,4]))",
            "10",
        )])
        .on(row!(|series: Json| -> Option<f64> { Some(numbers(series.0)?.iter().sum()) })),
        Function::new("series_product", "The product of the numbers in a series, as a real.", &[(
            "series_product(dynamic([1,2,3,4]))",
            "24",
        )])
        .on(row!(|series: Json| -> Option<f64> { Some(numbers(series.0)?.iter().product()) })),
        Function::new("series_magnitude", "The square root of the sum of the squares of a series.", &[(
            "series_magnitude(dynamic([3,4]))",
            "5",
        )])
        .on(row!(|series: Json| -> Option<f64> { Some(magnitude(&numbers(series.0)?)) })),
        Function::new(
            "series_dot_product",
            "The sum of the products of the elements of two series, or of a series and a number. Elements without a partner \
             and pairs that are not both numbers are passed over; null where a series is empty.",
            &[
                ("series_dot_product(dynamic([1,2,4]), dynamic([4,2,1]))", "12"),
                ("series_dot_product(dynamic([1,2,4]), 10)", "70"),
            ],
        )
        .on(row!(|series1: Json, series2: Json| -> Option<f64> {
            let (a, b) = partners(series1.0, series2.0)?;
            Some(dot(&a, &b))
        }))
        .on(row!(|series1: Json, series2: f64| -> Option<f64> { times_number(series1.0, series2) }))
        .on(row!(|series1: f64, series2: Json| -> Option<f64> { times_number(series2.0, series1) })),
        Function::new(
            "series_cosine_similarity",
            "The dot product of two series over the product of their magnitudes, which may be given. Null where a series is \
             empty.",
            &[("series_cosine_similarity(dynamic([1,0]), dynamic([3,4]))", "0.6")],
        )
        .on(row!(|series1: Json, series2: Json| -> Option<f64> {
            let (a, b) = partners(series1.0, series2.0)?;
            Some(dot(&a, &b) / (magnitude(&a) * magnitude(&b)))
        }))
        .on(row!(|series1: Json, series2: Json, magnitude1: f64| -> Option<f64> {
            let (a, b) = partners(series1.0, series2.0)?;
            Some(dot(&a, &b) / (magnitude1 * magnitude(&b)))
        }))
        .on(row!(|series1: Json, series2: Json, magnitude1: f64, magnitude2: f64| -> Option<f64> {
            let (a, b) = partners(series1.0, series2.0)?;
            Some(dot(&a, &b) / (magnitude1 * magnitude2))
        })),
        Function::new(
            "series_pearson_correlation",
            "The Pearson correlation of two series. Null where they differ in length or hold anything but numbers.",
            &[("round(series_pearson_correlation(dynamic([1,2,3]), dynamic([2,4,6])), 9)", "1")],
        )
        .on(row!(|series1: Json, series2: Json| -> Option<f64> { correlation(series1.0, series2.0) })),
        Function::new(
            "series_stats",
            "Smallest and largest value with their positions, average, sample standard deviation and variance. All null where \
             the series holds something that is no finite number, unless the second argument tells to pass over those.",
            &[],
        )
        .on(Overload::tuple(vec![Param::is("series", ScalarType::Dynamic)], STATISTICS, statistics_kernel()))
        .on(Overload::tuple(
            vec![Param::is("series", ScalarType::Dynamic), Param::is("ignore_nonfinite", ScalarType::Bool)],
            STATISTICS,
            statistics_kernel(),
        ))
        .constant("ignore_nonfinite"),
        Function::new(
            "series_stats_dynamic",
            "What series_stats gives, and the sum and the length, in a bag.",
            &[(
                "series_stats_dynamic(dynamic([1,2,3]))",
                "{\"min\":1.0,\"min_idx\":0,\"max\":3.0,\"max_idx\":2,\"avg\":2.0,\"stdev\":1.0,\
                 \"variance\":1.0,\"sum\":6.0,\"len\":3}",
            )],
        )
        .on(row!(|series: Json| -> Option<JsonText> { Some(JsonText(Statistics::of(series.0, false)?.bag())) }))
        .on(row!(|series: Json, ignore_nonfinite: bool| -> Option<JsonText> {
            Some(JsonText(Statistics::of(series.0, ignore_nonfinite)?.bag()))
        }))
        .constant("ignore_nonfinite"),
    ]
}

/// The numbers of a series, others left out.
fn numbers(json: &str) -> Option<Vec<f64>> {
    Some(reals(json)?.into_iter().flatten().collect())
}

/// The pairs of numbers of two series; `None` where a series is empty.
fn partners(first: &str, second: &str) -> Option<(Vec<f64>, Vec<f64>)> {
    let (first, second) = (reals(first)?, reals(second)?);
    if first.is_empty() || second.is_empty() {
        return None;
    }
    Some(first.into_iter().zip(second).filter_map(|(a, b)| a.zip(b)).unzip())
}

fn times_number(series: &str, number: f64) -> Option<f64> {
    let elements = reals(series)?;
    (!elements.is_empty()).then(|| elements.into_iter().flatten().map(|element| element * number).sum())
}

fn magnitude(values: &[f64]) -> f64 {
    dot(values, values).sqrt()
}

fn correlation(first: &str, second: &str) -> Option<f64> {
    let (first, second) = (reals(first)?, reals(second)?);
    if first.len() != second.len() {
        return None;
    }
    let first = first.into_iter().collect::<Option<Vec<f64>>>()?;
    let second = second.into_iter().collect::<Option<Vec<f64>>>()?;
    let (mean1, mean2) = (mean(&first)?, mean(&second)?);
    let apart = |values: &[f64], mean: f64| values.iter().map(|value| value - mean).collect::<Vec<f64>>();
    let (first, second) = (apart(&first, mean1), apart(&second, mean2));
    Some(dot(&first, &second) / (magnitude(&first) * magnitude(&second)))
}

/// What series_stats tells of a series.
struct Statistics {
    min: (usize, f64),
    max: (usize, f64),
    sum: f64,
    count: usize,
    variance: f64,
    length: usize,
}

impl Statistics {
    fn of(json: &str, ignore_nonfinite: bool) -> Option<Self> {
        let elements = reals(json)?;
        let finite: Vec<(usize, f64)> = elements
            .iter()
            .enumerate()
            .filter_map(|(index, value)| value.filter(|value| value.is_finite()).map(|value| (index, value)))
            .collect();
        if finite.len() < elements.len() && !ignore_nonfinite {
            return None;
        }
        let first = *finite.first()?;
        let (mut min, mut max, mut sum) = (first, first, 0.0);
        for &(index, value) in &finite {
            if value < min.1 {
                min = (index, value);
            }
            if value > max.1 {
                max = (index, value);
            }
            sum += value;
        }
        let average = sum / finite.len() as f64;
        let squares: f64 = finite.iter().map(|(_, value)| (value - average).powi(2)).sum();
        let variance = if finite.len() > 1 { squares / (finite.len() - 1) as f64 } else { 0.0 };
        Some(Statistics { min, max, sum, count: finite.len(), variance, length: elements.len() })
    }

    fn average(&self) -> f64 {
        self.sum / self.count as f64
    }

    fn fields(&self) -> Vec<Field> {
        vec![
            Field::Real(Some(self.min.1)),
            Field::Long(Some(self.min.0 as i64)),
            Field::Real(Some(self.max.1)),
            Field::Long(Some(self.max.0 as i64)),
            Field::Real(Some(self.average())),
            Field::Real(Some(self.variance.sqrt())),
            Field::Real(Some(self.variance)),
        ]
    }

    fn bag(&self) -> String {
        let real = |value: f64| {
            let mut text = String::new();
            write_json_real(value, &mut text);
            text
        };
        format!(
            "{{\"min\":{},\"min_idx\":{},\"max\":{},\"max_idx\":{},\"avg\":{},\"stdev\":{},\"variance\":{},\"sum\":{},\
             \"len\":{}}}",
            real(self.min.1),
            self.min.0,
            real(self.max.1),
            self.max.0,
            real(self.average()),
            real(self.variance.sqrt()),
            real(self.variance),
            real(self.sum),
            self.length
        )
    }
}

fn statistics_kernel() -> crate::function::Kernel {
    tuple_kernel(STATISTICS, |inputs, row| {
        let [series, rest @ ..] = inputs else { return Ok(None) };
        let ignore = match rest.first().map(Input::view::<bool>) {
            Some(view) => view?.get(row).unwrap_or(false),
            None => false,
        };
        let series = series.view::<Json>()?;
        Ok(series.get(row).and_then(|json| Statistics::of(json.0, ignore)).map(|found| found.fields()))
    })
}
