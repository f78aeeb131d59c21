//! Conversions between units of measure.

use datafusion::arrow::array::ArrayRef;
use datafusion::common::{DataFusionError, Result as EngineResult};
use kql_types::ScalarType;

use crate::adapter::{kernel, next_input};
use crate::column::{Input, Output};
use crate::function::{Function, Overload, Param};
use crate::kernel::measure::{Quantity, Unit, convert, unit};

pub(super) fn functions() -> Vec<Function> {
    use Quantity::{Angle, Energy, Force, Length, Mass, Speed, Temperature, Volume};
    vec![
        row("convert_angle", Angle, &[("convert_angle(1.2, 'Degree', 'Arcminute')", "72")]),
        row(
            "convert_energy",
            Energy,
            &[("convert_energy(1.2, 'Joule', 'BritishThermalUnit')", "0.0011373805443759806")],
        ),
        row("convert_force", Force, &[("convert_force(1.2, 'Newton', 'Decanewton')", "0.12")]),
        row("convert_length", Length, &[("convert_length(1.2, 'Meter', 'Foot')", "3.9370078740157477")]),
        row("convert_mass", Mass, &[("convert_mass(1.2, 'Kilogram', 'Pound')", "2.64554714621853")]),
        row(
            "convert_speed",
            Speed,
            &[("convert_speed(1.2, 'MeterPerSecond', 'CentimeterPerHour')", "432000")],
        ),
        row(
            "convert_temperature",
            Temperature,
            &[("convert_temperature(1.2, 'Kelvin', 'DegreeCelsius')", "-271.95")],
        ),
        row("convert_volume", Volume, &[("convert_volume(1.2, 'CubicMeter', 'AcreFoot')", "0.0009728568")]),
    ]
}

fn row(
    name: &'static str,
    quantity: Quantity,
    examples: &'static [(&'static str, &'static str)],
) -> Function {
    let params = vec![
        Param::is("value", ScalarType::Real),
        Param::is("from", ScalarType::String),
        Param::is("to", ScalarType::String),
    ];
    Function::new(
        name,
        "A value in one unit as a value in another. Null for a name that is no unit; a unit whose size is not settled is \
         refused.",
        examples,
    )
    .on(Overload::kernel(
        params,
        ScalarType::Real,
        kernel(move |inputs, rows| convert_column(quantity, inputs, rows)),
    ))
}

fn convert_column(quantity: Quantity, inputs: &[Input], rows: usize) -> EngineResult<ArrayRef> {
    let mut inputs = inputs.iter();
    let values = next_input(&mut inputs)?.view::<f64>()?;
    let from = next_input(&mut inputs)?.view::<&str>()?;
    let to = next_input(&mut inputs)?.view::<&str>()?;
    let settled = |name: &str| match unit(quantity, name) {
        Some(Unit::Unsettled) => {
            Err(DataFusionError::NotImplemented(format!("the unit {name} is not supported yet")))
        }
        unit => Ok(unit),
    };
    let mut builder = f64::builder(rows);
    for row in 0..rows {
        let from = settled(from.get(row).unwrap_or_default())?;
        let to = settled(to.get(row).unwrap_or_default())?;
        let converted = from.zip(to).and_then(|(from, to)| convert(values.get(row)?, from, to));
        f64::append(&mut builder, converted);
    }
    Ok(f64::finish(builder))
}
