//! Fitting: series_fit_line, series_fit_poly and their forms that yield a bag.

use kql_types::ScalarType;
use kql_types::number::write_json_real;

use crate::column::{Input, Json, JsonText};
use crate::function::{Function, Overload, Param, TupleColumns};
use crate::kernel::regression::{Line, Quality, evaluate, polynomial};
use crate::kernel::series::{whole, write_reals};
use crate::row;
use crate::tuple::{Field, tuple_kernel};

const LINE: TupleColumns = &[
    ("rsquare", ScalarType::Real),
    ("slope", ScalarType::Real),
    ("variance", ScalarType::Real),
    ("rvariance", ScalarType::Real),
    ("interception", ScalarType::Real),
    ("line_fit", ScalarType::Dynamic),
];

const POLYNOMIAL: TupleColumns = &[
    ("rsquare", ScalarType::Real),
    ("coefficients", ScalarType::Dynamic),
    ("variance", ScalarType::Real),
    ("rvariance", ScalarType::Real),
    ("poly_fit", ScalarType::Dynamic),
];

/// A higher power of x leaves no digits.
const HIGHEST_DEGREE: i64 = 30;

pub(super) fn functions() -> Vec<Function> {
    let series = || Param::is("series", ScalarType::Dynamic);
    let polynomial = |count: usize| {
        let all = [
            Param::is("y_series", ScalarType::Dynamic),
            Param::is("x_series", ScalarType::Dynamic),
            Param::is("degree", ScalarType::Long),
        ];
        Overload::tuple(all.into_iter().take(count).collect(), POLYNOMIAL, polynomial_kernel())
    };
    vec![
        Function::new(
            "series_fit_line",
            "The line that fits a series best over the positions 0, 1, 2, ..: r-square, slope, variance of the series, variance \
             of what is left over, the value at 0, and the line as a series. All null where an element is no number.",
            &[],
        )
        .on(Overload::tuple(
            vec![series()],
            LINE,
            tuple_kernel(LINE, |inputs, row| {
                let Some(series) = inputs.first() else { return Ok(None) };
                Ok(series.view::<Json>()?.get(row).and_then(|json| FittedLine::of(json.0)).map(|fit| fit.fields()))
            }),
        )),
        Function::new("series_fit_line_dynamic", "What series_fit_line gives, in a bag.", &[(
            "series_fit_line_dynamic(dynamic([1,2,3])).slope",
            "1.0",
        )])
        .on(row!(|series: Json| -> Option<JsonText> { Some(JsonText(FittedLine::of(series.0)?.bag())) })),
        Function::new(
            "series_fit_poly",
            "The polynomial of a degree, 1 if none is given, that fits a series best over another, or over 1, 2, 3, ..: \
             r-square, coefficients with the highest power first, variance of the series, variance of what is left over, \
             and the polynomial as a series.",
            &[],
        )
        .on(polynomial(1))
        .on(polynomial(2))
        .on(polynomial(3)),
    ]
}

struct FittedLine {
    line: Line,
    quality: Quality,
    fit: Vec<f64>,
}

impl FittedLine {
    fn of(json: &str) -> Option<Self> {
        let y = whole(json)?;
        let line = Line::fit(&y)?;
        let fit: Vec<f64> = (0..y.len()).map(|x| line.at(x)).collect();
        Some(FittedLine { line, quality: Quality::of(&y, &fit)?, fit })
    }

    fn numbers(&self) -> [f64; 5] {
        let quality = self.quality;
        [quality.rsquare, self.line.slope, quality.variance, quality.rvariance, self.line.interception]
    }

    fn fields(&self) -> Vec<Field> {
        let numbers = self.numbers().map(|number| Field::Real(Some(number)));
        numbers.into_iter().chain([Field::Dynamic(Some(write_reals(self.fit.iter().copied())))]).collect()
    }

    fn bag(&self) -> String {
        let mut bag = String::from("{");
        for ((name, _), number) in LINE.iter().zip(self.numbers()) {
            bag.push_str(&format!("\"{name}\":"));
            write_json_real(number, &mut bag);
            bag.push(',');
        }
        bag.push_str(&format!("\"line_fit\":{}}}", write_reals(self.fit.iter().copied())));
        bag
    }
}

fn polynomial_kernel() -> crate::function::Kernel {
    tuple_kernel(POLYNOMIAL, |inputs, row| {
        let [y, rest @ ..] = inputs else { return Ok(None) };
        let Some(y) = y.view::<Json>()?.get(row).and_then(|json| whole(json.0)) else { return Ok(None) };
        let x = match rest.first() {
            Some(input) => match input.view::<Json>()?.get(row).and_then(|json| whole(json.0)) {
                Some(x) if x.len() == y.len() => x,
                _ => return Ok(None),
            },
            None => (1..=y.len()).map(|x| x as f64).collect(),
        };
        let degree = match rest.get(1).map(Input::view::<i64>) {
            Some(view) => view?.get(row),
            None => Some(1),
        };
        let degree =
            degree.filter(|degree| (0..=HIGHEST_DEGREE).contains(degree)).map(|degree| degree as usize);
        Ok(degree.and_then(|degree| fitted_polynomial(&x, &y, degree)))
    })
}

fn fitted_polynomial(x: &[f64], y: &[f64], degree: usize) -> Option<Vec<Field>> {
    let coefficients = polynomial(x, y, degree)?;
    let fit: Vec<f64> = x.iter().map(|x| evaluate(&coefficients, *x)).collect();
    let quality = Quality::of(y, &fit)?;
    Some(vec![
        Field::Real(Some(quality.rsquare)),
        Field::Dynamic(Some(write_reals(coefficients))),
        Field::Real(Some(quality.variance)),
        Field::Real(Some(quality.rvariance)),
        Field::Dynamic(Some(write_reals(fit))),
    ])
}
