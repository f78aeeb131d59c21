//! Filters and the Fourier transform: series_fir, series_iir, series_fft, series_ifft.

use datafusion::common::DataFusionError;
use kql_types::ScalarType;

use crate::adapter::{kernel, next_input};
use crate::column::{Input, Json, JsonText, Output};
use crate::function::{Function, Overload, Param, TupleColumns};
use crate::kernel::fourier::transform;
use crate::kernel::series::{Element, parse, whole, write_elements, write_reals};
use crate::row;
use crate::tuple::{Field, tuple_kernel};

const COMPLEX: TupleColumns = &[("real", ScalarType::Dynamic), ("imag", ScalarType::Dynamic)];

pub(super) fn functions() -> Vec<Function> {
    let fir = |count: usize| {
        let all = [
            Param::is("series", ScalarType::Dynamic),
            Param::is("filter", ScalarType::Dynamic),
            Param::is("normalize", ScalarType::Bool),
            Param::is("center", ScalarType::Bool),
        ];
        Overload::kernel(all.into_iter().take(count).collect(), ScalarType::Dynamic, kernel(run_fir))
    };
    vec![
        Function::new(
            "series_fir",
            "The series through a filter with a finite response: each element becomes the sum of it and those before it, times \
             the coefficients. They are divided by their sum unless the third argument is false or one is negative; the \
             fourth argument tells to look as far ahead as back.",
            &[
                ("series_fir(dynamic([0,0,2,2,3]), dynamic([1,-1]))", "[0,0,2,0,1]"),
                ("series_fir(dynamic([3,3,3,9]), dynamic([1,1,1]))", "[1.0,2.0,3.0,5.0]"),
                ("series_fir(dynamic([3,3,3,9]), dynamic([1,1,1]), true, true)", "[2.0,3.0,5.0,4.0]"),
            ],
        )
        .keeps_name()
        .on(fir(2))
        .on(fir(3))
        .on(fir(4)),
        Function::new(
            "series_iir",
            "The series through a filter with an infinite response: each element becomes the sum of it and those before it times \
             the numerators, less the results before it times the denominators after the first, over the first denominator.",
            &[("series_iir(dynamic([1,2,3]), dynamic([1]), dynamic([1,-1]))", "[1.0,3.0,6.0]")],
        )
        .keeps_name()
        .on(row!(|series: Json, numerators: Json, denominators: Json| -> Option<JsonText> {
            iir(series.0, numerators.0, denominators.0)
        })),
        fourier("series_fft", "The Fourier transform of a series, which may have an imaginary part, as two series.", false),
        fourier("series_ifft", "The inverse Fourier transform of a series with its imaginary part, as two series.", true),
    ]
}

fn run_fir(inputs: &[Input], rows: usize) -> datafusion::common::Result<datafusion::arrow::array::ArrayRef> {
    let mut inputs = inputs.iter();
    let series = next_input(&mut inputs)?.view::<Json>()?;
    let filter = next_input(&mut inputs)?.view::<Json>()?;
    let normalize = inputs.next().map(Input::view::<bool>).transpose()?;
    let center = inputs.next().map(Input::view::<bool>).transpose()?;
    let mut builder = JsonText::builder(rows);
    for row in 0..rows {
        let normalize = normalize.as_ref().and_then(|view| view.get(row));
        let center = center.as_ref().and_then(|view| view.get(row)).unwrap_or(false);
        let filtered = match series.get(row).zip(filter.get(row)) {
            Some((series, filter)) => fir(series.0, filter.0, normalize, center)?,
            None => None,
        };
        JsonText::append(&mut builder, filtered);
    }
    Ok(JsonText::finish(builder))
}

fn fir(
    series: &str,
    filter: &str,
    normalize: Option<bool>,
    center: bool,
) -> datafusion::common::Result<Option<JsonText>> {
    let (Some(elements), Some(coefficients)) = (all_numbers(series), all_numbers(filter)) else {
        return Ok(None);
    };
    let negative = coefficients.iter().any(|coefficient| coefficient.real() < 0.0);
    if normalize == Some(true) && negative {
        return Ok(None);
    }
    if center && coefficients.len().is_multiple_of(2) {
        return Err(DataFusionError::NotImplemented(
            "series_fir(): a centred filter with an even number of coefficients is not supported".into(),
        ));
    }
    let ahead = if center { coefficients.len() / 2 } else { 0 };
    let normalize = normalize.unwrap_or(!negative);
    let scale = if normalize { coefficients.iter().map(|value| value.real()).sum() } else { 1.0 };
    let is_whole = |values: &[Element]| values.iter().all(|value| matches!(value, Element::Long(_)));
    let whole = !normalize && is_whole(&elements) && is_whole(&coefficients);
    let results = (0..elements.len()).map(|index| {
        let sum: f64 = coefficients
            .iter()
            .enumerate()
            .filter_map(|(back, coefficient)| {
                let place = (index + ahead).checked_sub(back)?;
                Some(coefficient.real() * elements.get(place)?.real())
            })
            .sum();
        Some(if whole { Element::Long(sum as i64) } else { Element::Real(sum / scale) })
    });
    Ok(Some(JsonText(write_elements(results))))
}

fn all_numbers(json: &str) -> Option<Vec<Element>> {
    parse(json)?.into_iter().collect()
}

fn iir(series: &str, numerators: &str, denominators: &str) -> Option<JsonText> {
    let (x, b, a) = (whole(series)?, whole(numerators)?, whole(denominators)?);
    let (first, rest) = a.split_first()?;
    if *first == 0.0 {
        return None;
    }
    let mut y: Vec<f64> = Vec::with_capacity(x.len());
    let before = |values: &[f64], index: usize, back: usize| {
        index.checked_sub(back).and_then(|place| values.get(place).copied()).unwrap_or(0.0)
    };
    for index in 0..x.len() {
        let forward: f64 = b.iter().enumerate().map(|(back, b)| b * before(&x, index, back)).sum();
        let feedback: f64 = rest.iter().enumerate().map(|(back, a)| a * before(&y, index, back + 1)).sum();
        y.push((forward - feedback) / first);
    }
    Some(JsonText(write_reals(y)))
}

fn fourier(name: &'static str, doc: &'static str, inverse: bool) -> Function {
    let run = || {
        tuple_kernel(COMPLEX, move |inputs, row| {
            let [real, rest @ ..] = inputs else { return Ok(None) };
            let Some(real) = real.view::<Json>()?.get(row).and_then(|json| whole(json.0)) else {
                return Ok(None);
            };
            let imaginary = match rest.first() {
                Some(input) => match input.view::<Json>()?.get(row).and_then(|json| whole(json.0)) {
                    Some(imaginary) if imaginary.len() == real.len() => imaginary,
                    _ => return Ok(None),
                },
                None => vec![0.0; real.len()],
            };
            let values: Vec<(f64, f64)> = real.into_iter().zip(imaginary).collect();
            let (real, imaginary): (Vec<f64>, Vec<f64>) = transform(&values, inverse).into_iter().unzip();
            let fields = [real, imaginary].map(|part| Field::Dynamic(Some(write_reals(part))));
            Ok(Some(fields.into()))
        })
    };
    let real = || Param::is("series", ScalarType::Dynamic);
    let imaginary = Param::is("series_imaginary", ScalarType::Dynamic);
    Function::new(name, doc, &[]).on(Overload::tuple(vec![real()], COMPLEX, run())).on(Overload::tuple(
        vec![real(), imaginary],
        COMPLEX,
        run(),
    ))
}
