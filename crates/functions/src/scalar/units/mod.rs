//! From one unit of measure to another: convert_length and its kin.

mod table;

use datafusion::arrow::array::ArrayRef;
use datafusion::common::{DataFusionError, Result};
use kql_types::ScalarType;
use table::Units;

use crate::adapter::{kernel, next_input};
use crate::column::{Input, Output};
use crate::function::{Function, Overload, Param};

/// A temperature scale: the kelvins of one degree, and its zero in kelvins.
type Scale = (f64, f64);

const KELVIN_OF_CELSIUS: f64 = 273.15;

/// The scales by name.
const TEMPERATURES: &[(&str, Scale)] = &[
    ("DegreeCelsius", (1.0, KELVIN_OF_CELSIUS)),
    ("DegreeDelisle", (-2.0 / 3.0, 373.15)),
    ("DegreeFahrenheit", (5.0 / 9.0, 459.67 * 5.0 / 9.0)),
    ("DegreeNewton", (100.0 / 33.0, KELVIN_OF_CELSIUS)),
    ("DegreeRankine", (5.0 / 9.0, 0.0)),
    ("DegreeReaumur", (5.0 / 4.0, KELVIN_OF_CELSIUS)),
    ("DegreeRoemer", (40.0 / 21.0, KELVIN_OF_CELSIUS - 7.5 * 40.0 / 21.0)),
    ("Kelvin", (1.0, 0.0)),
    ("MillidegreeCelsius", (1e-3, KELVIN_OF_CELSIUS)),
    ("SolarTemperature", (5778.0, 0.0)),
];

pub(super) fn functions() -> Vec<Function> {
    vec![
        convert(
            "convert_angle",
            "An angle from one unit to another. Null where a unit is unknown.",
            &[("convert_angle(1.2, 'Degree', 'Arcminute')", "72")],
            |value, from, to| {
                let degrees = match from {
                    "Tilt" => Some(value.asin().to_degrees()),
                    _ => in_base(table::ANGLE, value, from)?,
                };
                match (degrees, to) {
                    (Some(degrees), "Tilt") => Ok(Some(degrees.to_radians().sin())),
                    (Some(degrees), _) => out_of_base(table::ANGLE, degrees, to),
                    (None, _) => Ok(None),
                }
            },
        ),
        convert(
            "convert_energy",
            "An energy from one unit to another. Null where a unit is unknown.",
            &[("round(convert_energy(1.2, 'Joule', 'BritishThermalUnit'), 12)", "0.001137380544")],
            |value, from, to| linear(table::ENERGY, value, from, to),
        ),
        convert(
            "convert_force",
            "A force from one unit to another. Null where a unit is unknown.",
            &[("convert_force(1.2, 'Newton', 'Decanewton')", "0.12")],
            |value, from, to| linear(table::FORCE, value, from, to),
        ),
        convert(
            "convert_length",
            "A length from one unit to another. Null where a unit is unknown.",
            &[
                ("round(convert_length(1.2, 'Meter', 'Foot'), 12)", "3.937007874016"),
                ("convert_length(1, 'Meter', 'x')", ""),
            ],
            |value, from, to| linear(table::LENGTH, value, from, to),
        ),
        convert(
            "convert_mass",
            "A mass from one unit to another. Null where a unit is unknown.",
            &[("round(convert_mass(1.2, 'Kilogram', 'Pound'), 12)", "2.645547146219")],
            |value, from, to| linear(table::MASS, value, from, to),
        ),
        convert(
            "convert_speed",
            "A speed from one unit to another. Null where a unit is unknown.",
            &[("round(convert_speed(1.2, 'MeterPerSecond', 'CentimeterPerHour'), 6)", "432000")],
            |value, from, to| linear(table::SPEED, value, from, to),
        ),
        convert(
            "convert_temperature",
            "A temperature from one scale to another. Null where a scale is unknown.",
            &[("round(convert_temperature(1.2, 'Kelvin', 'DegreeCelsius'), 9)", "-271.95")],
            |value, from, to| {
                let scale = |name: &str| {
                    TEMPERATURES.iter().find(|(known, _)| *known == name).map(|(_, scale)| *scale)
                };
                Ok(scale(from).zip(scale(to)).map(|((from_size, from_zero), (to_size, to_zero))| {
                    (value * from_size + from_zero - to_zero) / to_size
                }))
            },
        ),
        convert(
            "convert_volume",
            "A volume from one unit to another. Null where a unit is unknown.",
            &[("round(convert_volume(1.2, 'CubicMeter', 'AcreFoot'), 9)", "0.000972857")],
            |value, from, to| linear(table::VOLUME, value, from, to),
        ),
    ]
}

/// The size of a unit: `None` for a name that is none, an error for a unit whose size is not known for sure.
fn size(units: Units, name: &str) -> Result<Option<f64>> {
    match units.iter().find(|(known, _)| *known == name) {
        Some((_, Some(size))) => Ok(Some(*size)),
        Some((_, None)) => Err(DataFusionError::NotImplemented(format!("the unit {name} is not supported"))),
        None => Ok(None),
    }
}

fn in_base(units: Units, value: f64, from: &str) -> Result<Option<f64>> {
    Ok(size(units, from)?.map(|size| value * size))
}

fn out_of_base(units: Units, value: f64, to: &str) -> Result<Option<f64>> {
    Ok(size(units, to)?.map(|size| value / size))
}

fn linear(units: Units, value: f64, from: &str, to: &str) -> Result<Option<f64>> {
    match in_base(units, value, from)? {
        Some(value) => out_of_base(units, value, to),
        None => Ok(None),
    }
}

fn convert(
    name: &'static str,
    doc: &'static str,
    examples: &'static [(&'static str, &'static str)],
    of: fn(f64, &str, &str) -> Result<Option<f64>>,
) -> Function {
    let params = vec![
        Param::is("value", ScalarType::Real),
        Param::is("from", ScalarType::String),
        Param::is("to", ScalarType::String),
    ];
    let run = move |inputs: &[Input], rows: usize| -> Result<ArrayRef> {
        let mut inputs = inputs.iter();
        let values = next_input(&mut inputs)?.view::<f64>()?;
        let from = next_input(&mut inputs)?.view::<&str>()?;
        let to = next_input(&mut inputs)?.view::<&str>()?;
        let mut builder = f64::builder(rows);
        for row in 0..rows {
            let converted = match values.get(row) {
                Some(value) => of(value, from.get(row).unwrap_or_default(), to.get(row).unwrap_or_default())?,
                None => None,
            };
            f64::append(&mut builder, converted);
        }
        Ok(f64::finish(builder))
    };
    Function::new(name, doc, examples).on(Overload::kernel(params, ScalarType::Real, kernel(run)))
}
