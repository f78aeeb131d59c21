//! Units of measure, by the names that the convert_ functions know.
//!
//! A unit is listed with its size only where that is settled: by definition, or by a published result.

/// What a quantity measures.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[allow(missing_docs)]
pub enum Quantity {
    Angle,
    Energy,
    Force,
    Length,
    Mass,
    Speed,
    Temperature,
    Volume,
}

/// A unit of a quantity.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Unit {
    /// So many base units each, counted from the base's zero moved by the offset.
    Linear {
        /// Base units in one.
        size: f64,
        /// The base's value at 0.
        offset: f64,
    },
    /// The sine of an angle.
    Sine,
    /// Kusto has the unit, but its exact size there is not known.
    Unsettled,
}

/// A unit by its name; `None` where the quantity has no such unit.
pub fn unit(quantity: Quantity, name: &str) -> Option<Unit> {
    let listed = |units: &[(&str, f64)]| units.iter().find(|(unit, _)| *unit == name).map(|(_, size)| *size);
    let size = match quantity {
        Quantity::Angle if name == "Tilt" => return Some(Unit::Sine),
        Quantity::Temperature => return temperature(name),
        Quantity::Angle => listed(ANGLES).or_else(|| {
            let radian = 180.0 / std::f64::consts::PI;
            prefixed(name, "Radian", "radian")
                .map(|factor| factor * radian)
                .or(prefixed(name, "Degree", "degree"))
        }),
        Quantity::Energy => listed(ENERGIES).or_else(|| {
            prefixed(name, "Joule", "joule")
                .or(prefixed(name, "WattHour", "wattHour").map(|factor| factor * 3600.0))
                .or(prefixed(name, "WattDay", "wattDay").map(|factor| factor * 86_400.0))
                .or(prefixed(name, "BritishThermalUnit", "britishThermalUnit").map(|factor| factor * BTU))
                .or(prefixed(name, "Calorie", "calorie").map(|factor| factor * 4.184))
        }),
        Quantity::Force => listed(FORCES).or_else(|| prefixed(name, "Newton", "newton")),
        Quantity::Length => listed(LENGTHS).or_else(|| prefixed(name, "Meter", "meter")),
        Quantity::Mass => listed(MASSES)
            .or_else(|| prefixed(name, "Gram", "gram").map(|factor| factor / 1000.0))
            .or_else(|| prefixed(name, "Tonne", "tonne").map(|factor| factor * 1000.0)),
        Quantity::Speed => speed(name),
        Quantity::Volume => listed(VOLUMES)
            .or_else(|| prefixed(name, "Liter", "liter").map(|factor| factor / 1000.0))
            .or_else(|| {
                let cubed = prefixed(name.strip_prefix("Cubic")?, "Meter", "meter");
                cubed
                    .or(prefixed(&name.strip_prefix("Cubic")?.to_lowercase(), "meter", "meter"))
                    .map(|factor| factor.powi(3))
            }),
    };
    match size {
        Some(size) => Some(Unit::Linear { size, offset: 0.0 }),
        None => UNSETTLED
            .iter()
            .any(|(of, names)| *of == quantity && names.contains(&name))
            .then_some(Unit::Unsettled),
    }
}

/// The value in one unit as a value in another; `None` where a size is not settled or the sine has no angle.
pub fn convert(value: f64, from: Unit, to: Unit) -> Option<f64> {
    let base = match from {
        Unit::Linear { size, offset } => value * size + offset,
        Unit::Sine => value.asin().to_degrees(),
        Unit::Unsettled => return None,
    };
    match to {
        Unit::Linear { size, offset } => Some((base - offset) / size),
        Unit::Sine => Some(base.to_radians().sin()),
        Unit::Unsettled => None,
    }
}

/// The factor of a metric prefix before a unit: `Kilo` before `meter`; 1 for the unit alone.
fn prefixed(name: &str, alone: &str, after_prefix: &str) -> Option<f64> {
    if name == alone {
        return Some(1.0);
    }
    let prefix = name.strip_suffix(after_prefix)?;
    PREFIXES.iter().find(|(known, _)| *known == prefix).map(|(_, factor)| *factor)
}

/// A length in a time: `KilometerPerHour`.
fn speed(name: &str) -> Option<f64> {
    let (length, time) = name.split_once("Per")?;
    let seconds = match time {
        "Second" => 1.0,
        "Minute" => 60.0,
        "Hour" => 3600.0,
        _ => return None,
    };
    match unit(Quantity::Length, length) {
        Some(Unit::Linear { size, .. }) => Some(size / seconds),
        _ if name == "MilePerHour" => Some(0.447_04),
        _ => None,
    }
}

fn temperature(name: &str) -> Option<Unit> {
    let celsius = 273.15;
    let (size, offset) = match name {
        "Kelvin" => (1.0, 0.0),
        "DegreeCelsius" => (1.0, celsius),
        "MillidegreeCelsius" => (0.001, celsius),
        "DegreeDelisle" => (-2.0 / 3.0, 373.15),
        "DegreeFahrenheit" => (5.0 / 9.0, 459.67 * 5.0 / 9.0),
        "DegreeNewton" => (100.0 / 33.0, celsius),
        "DegreeRankine" => (5.0 / 9.0, 0.0),
        "DegreeReaumur" => (1.25, celsius),
        "DegreeRoemer" => (40.0 / 21.0, celsius - 7.5 * 40.0 / 21.0),
        "SolarTemperature" => return Some(Unit::Unsettled),
        _ => return None,
    };
    Some(Unit::Linear { size, offset })
}

const PREFIXES: &[(&str, f64)] = &[
    ("Nano", 1e-9),
    ("Micro", 1e-6),
    ("Milli", 1e-3),
    ("Centi", 1e-2),
    ("Deci", 1e-1),
    ("Deca", 1e1),
    ("Hecto", 1e2),
    ("Kilo", 1e3),
    ("Mega", 1e6),
    ("Giga", 1e9),
    ("Tera", 1e12),
];

/// Joules in a British thermal unit.
const BTU: f64 = 1_055.055_852_62;
/// Newtons in a pound-force.
const POUND_FORCE: f64 = 4.448_221_615_260_5;
/// Kilograms in a pound.
const POUND: f64 = 0.453_592_37;

/// In degrees.
const ANGLES: &[(&str, f64)] = &[
    ("Arcminute", 1.0 / 60.0),
    ("Arcsecond", 1.0 / 3600.0),
    ("Gradian", 0.9),
    ("NatoMil", 360.0 / 6400.0),
    ("Revolution", 360.0),
];

/// In joules.
const ENERGIES: &[(&str, f64)] = &[
    ("Erg", 1e-7),
    ("ThermEc", BTU * 1e5),
    ("DecathermEc", BTU * 1e6),
    ("ThermUs", 1.054_804e8),
    ("DecathermUs", 1.054_804e9),
];

/// In newtons.
const FORCES: &[(&str, f64)] = &[
    ("Dyn", 1e-5),
    ("KilogramForce", 9.806_65),
    ("KiloPond", 9.806_65),
    ("TonneForce", 9806.65),
    ("PoundForce", POUND_FORCE),
    ("KilopoundForce", POUND_FORCE * 1000.0),
    ("OunceForce", POUND_FORCE / 16.0),
    ("ShortTonForce", POUND_FORCE * 2000.0),
];

/// In meters.
const LENGTHS: &[(&str, f64)] = &[
    ("Angstrom", 1e-10),
    ("AstronomicalUnit", 1.495_978_707e11),
    ("Chain", 20.1168),
    ("DataMile", 1828.8),
    ("DtpPoint", 0.0254 / 72.0),
    ("Fathom", 1.8288),
    ("Foot", 0.3048),
    ("Hand", 0.1016),
    ("Inch", 0.0254),
    ("Microinch", 2.54e-8),
    ("Mil", 2.54e-5),
    ("NauticalMile", 1852.0),
    ("Shackle", 27.432),
    ("UsSurveyFoot", 1200.0 / 3937.0),
    ("Yard", 0.9144),
];

/// In kilograms.
const MASSES: &[(&str, f64)] = &[
    ("Grain", 64.798_91e-6),
    ("Pound", POUND),
    ("Kilopound", POUND * 1e3),
    ("Megapound", POUND * 1e6),
    ("LongHundredweight", POUND * 112.0),
    ("LongTon", POUND * 2240.0),
    ("ShortHundredweight", POUND * 100.0),
    ("ShortTon", POUND * 2000.0),
    ("Stone", POUND * 14.0),
];

/// In cubic meters.
const VOLUMES: &[(&str, f64)] = &[
    ("AcreFoot", 1.0 / 0.000_810_714),
    ("AuTablespoon", 2e-5),
    ("MetricCup", 2.5e-4),
    ("MetricTeaspoon", 5e-6),
    ("HectocubicMeter", 1e2),
    ("KilocubicMeter", 1e3),
];

/// Units that Kusto has, but whose size there is not known to the last digit.
const UNSETTLED: &[(Quantity, &[&str])] = &[
    (
        Quantity::Energy,
        &[
            "DecathermImperial",
            "ElectronVolt",
            "FootPound",
            "GigaelectronVolt",
            "HorsepowerHour",
            "KiloelectronVolt",
            "MegaelectronVolt",
            "TeraelectronVolt",
            "ThermImperial",
        ],
    ),
    (Quantity::Force, &["Poundal"]),
    (
        Quantity::Length,
        &[
            "DtpPica",
            "KilolightYear",
            "Kiloparsec",
            "LightYear",
            "MegalightYear",
            "Megaparsec",
            "Mile",
            "Parsec",
            "PrinterPica",
            "PrinterPoint",
            "SolarRadius",
            "Twip",
        ],
    ),
    (Quantity::Mass, &["EarthMass", "Ounce", "Slug", "SolarMass"]),
    (Quantity::Speed, &["Knot"]),
    (
        Quantity::Volume,
        &[
            "BoardFoot",
            "CubicFoot",
            "CubicInch",
            "CubicMile",
            "CubicYard",
            "DecausGallon",
            "DeciusGallon",
            "HectocubicFoot",
            "HectousGallon",
            "ImperialBeerBarrel",
            "ImperialGallon",
            "ImperialOunce",
            "ImperialPint",
            "KilocubicFoot",
            "KiloimperialGallon",
            "KilousGallon",
            "MegacubicFoot",
            "MegaimperialGallon",
            "MegausGallon",
            "OilBarrel",
            "UkTablespoon",
            "UsBeerBarrel",
            "UsCustomaryCup",
            "UsGallon",
            "UsLegalCup",
            "UsOunce",
            "UsPint",
            "UsQuart",
            "UsTablespoon",
            "UsTeaspoon",
        ],
    ),
];
