//! `geo_polygon_lookup(table, polygon, longitude, latitude [, radius = …, return_unmatched = …, return_lookup_key = …])`
//! and `geo_line_lookup(table, line, longitude, latitude, radius, …)`: joins points with the shapes that they lie in, or
//! within a radius of.

use datafusion::common::Result as PlanResult;
use kql_functions::adapter::next_input;
use kql_functions::column::Input;
use kql_functions::kernel::geo::line::closest_on;
use kql_functions::kernel::geo::point::{EARTH_RADIUS, Point};
use kql_functions::kernel::geo::shape::{Lines, Polygons};
use kql_functions::resolve;
use kql_parser::ast::Expr;
use kql_types::{Cell, ScalarType};

use super::Call;
use super::lookup::{Find, matched, widened};
use crate::Result;
use crate::bind::Binder;
use crate::codes::{self, semantic};
use crate::env::Env;
use crate::frame::Frame;
use crate::rows::Rows;

const POLYGON: &[&str] = &[
    "LookupTable",
    "LookupPolygonKey",
    "SourceLongitude",
    "SourceLatitude",
    "radius",
    "return_unmatched",
    "lookup_area_radius",
    "return_lookup_key",
];

const LINE: &[&str] = &[
    "LookupTable",
    "LookupLineKey",
    "SourceLongitude",
    "SourceLatitude",
    "radius",
    "return_unmatched",
    "lookup_area_radius",
    "return_lookup_key",
];

/// Around shapes that are wider, in radians, no circle is drawn.
const WIDEST: f64 = 1.2;

pub(super) fn polygon(binder: &mut Binder<'_>, env: &Env, frame: Frame, call: &Call<'_>) -> Result<Frame> {
    lookup(binder, env, frame, call, POLYGON, |json| Polygons::parse(json).map(Shape::Polygons))
}

pub(super) fn line(binder: &mut Binder<'_>, env: &Env, frame: Frame, call: &Call<'_>) -> Result<Frame> {
    lookup(binder, env, frame, call, LINE, |json| Lines::parse(json).map(Shape::Lines))
}

enum Shape {
    Polygons(Polygons),
    Lines(Lines),
}

impl Shape {
    fn corners(&self) -> Vec<Point> {
        match self {
            Shape::Polygons(polygons) => polygons.edges().map(|(from, _)| from).collect(),
            Shape::Lines(lines) => lines.0.iter().flatten().copied().collect(),
        }
    }

    /// Whether a point lies in the shape or, with a radius, no farther from it.
    fn matches(&self, point: Point, radius: Option<f64>) -> bool {
        let within = |edges: &mut dyn Iterator<Item = (Point, Point)>| {
            radius.is_some_and(|radius| {
                closest_on(edges, point).is_some_and(|foot| foot.angle(point) * EARTH_RADIUS <= radius)
            })
        };
        match self {
            Shape::Polygons(polygons) => polygons.contains(point) || within(&mut polygons.edges()),
            Shape::Lines(lines) => within(&mut lines.edges()),
        }
    }
}

/// A shape of the table with a circle around it, so that most points are told to lie outside at once.
struct Candidate {
    row: usize,
    shape: Shape,
    center: Point,
    reach: f64,
}

impl Candidate {
    fn new(row: usize, shape: Shape) -> Self {
        let none = Point { x: 0.0, y: 0.0, z: 0.0 };
        let corners = shape.corners();
        let center = corners.iter().fold(none, |sum, corner| sum.plus(*corner)).normalized();
        let reach = corners.iter().map(|corner| corner.angle(center)).fold(0.0, f64::max);
        Candidate { row, shape, center, reach: if reach > WIDEST { f64::INFINITY } else { reach + 1e-9 } }
    }
}

struct Finder {
    candidates: Vec<Candidate>,
    radius: Option<f64>,
}

impl Find for Finder {
    fn find(&self, inputs: &[Input], rows: usize) -> PlanResult<Vec<Vec<usize>>> {
        let mut inputs = inputs.iter();
        let longitudes = next_input(&mut inputs)?.view::<f64>()?;
        let latitudes = next_input(&mut inputs)?.view::<f64>()?;
        let spare = self.radius.unwrap_or_default() / EARTH_RADIUS;
        let matches = |row: usize| {
            let place = longitudes.get(row).zip(latitudes.get(row));
            let Some(point) =
                place.and_then(|(longitude, latitude)| Point::from_degrees(longitude, latitude))
            else {
                return Vec::new();
            };
            self.candidates
                .iter()
                .filter(|candidate| {
                    point.angle(candidate.center) <= candidate.reach + spare
                        && candidate.shape.matches(point, self.radius)
                })
                .map(|candidate| candidate.row)
                .collect()
        };
        Ok((0..rows).map(matches).collect())
    }
}

fn lookup(
    binder: &mut Binder<'_>,
    env: &Env,
    frame: Frame,
    call: &Call<'_>,
    parameters: &[&str],
    parse: fn(&str) -> Option<Shape>,
) -> Result<Frame> {
    let args = call.arguments(parameters)?;
    let table = args.required("LookupTable")?;
    let table_frame = binder.table(env, table)?;
    let key_name = parameters.get(1).copied().unwrap_or_default();
    let key_arg = args.required(key_name)?;
    let key = binder.column_argument(&table_frame, key_arg)?;
    if key.ty != ScalarType::Dynamic {
        let message = format!("a shape is a dynamic, and `{}` is {}", key.name, key.ty);
        return Err(semantic(codes::TYPES, key_arg.span, message));
    }
    let mut place = Vec::new();
    for name in ["SourceLongitude", "SourceLatitude"] {
        let arg = args.required(name)?;
        let column = binder.column_argument(&frame, arg)?;
        if !matches!(column.ty, ScalarType::Real | ScalarType::Long | ScalarType::Int | ScalarType::Decimal) {
            let message = format!("a number is expected here, and `{}` is {}", column.name, column.ty);
            return Err(semantic(codes::TYPES, arg.span, message));
        }
        let value = resolve::convert(frame.typed(&column), ScalarType::Real)
            .map_err(|error| binder.call_error(error, arg.span, &[]))?;
        place.push(value.expr);
    }
    let radius = match args.get("radius") {
        Some(arg) => Some(number(binder, env, arg, "radius")?),
        None if parameters == LINE => {
            args.required("radius")?;
            None
        }
        None => None,
    };
    // How the table is searched changes no answer.
    if let Some(arg) = args.get("lookup_area_radius") {
        number(binder, env, arg, "lookup_area_radius")?;
    }
    let mut flag = |name: &str| match args.get(name) {
        Some(arg) => binder.flag_argument(env, arg, name),
        None => Ok(false),
    };
    let (unmatched, with_key) = (flag("return_unmatched")?, flag("return_lookup_key")?);
    let rows = binder.rows_now(&table_frame, table.span)?;
    let finder = Finder { candidates: candidates(&rows, &key.name, parse, call)?, radius };
    let serialized = frame.serialized;
    let matched = matched(frame, place, finder, unmatched, call)?;
    let without = [key.name.as_str()];
    let mut result = widened(matched, &rows, if with_key { &[] } else { &without }, true, call)?;
    result.serialized = serialized;
    Ok(result)
}

fn number(binder: &mut Binder<'_>, env: &Env, arg: &Expr, what: &str) -> Result<f64> {
    let value = binder.constant(env, arg, what)?;
    let ty = value.ty;
    let number = matches!(ty, ScalarType::Real | ScalarType::Long | ScalarType::Int)
        .then(|| resolve::convert(value, ScalarType::Real).ok())
        .flatten()
        .and_then(|value| match value.literal() {
            Some(datafusion::scalar::ScalarValue::Float64(number)) => *number,
            _ => None,
        });
    number
        .filter(|number| *number >= 0.0)
        .ok_or_else(|| semantic(codes::TYPES, arg.span, format!("{what} must be a number from 0 up")))
}

fn candidates(
    rows: &Rows,
    key: &str,
    parse: fn(&str) -> Option<Shape>,
    call: &Call<'_>,
) -> Result<Vec<Candidate>> {
    let readers = rows.readers(call.span)?;
    let place = rows.columns.iter().position(|column| column.name == key);
    let Some(shapes) = place.and_then(|place| readers.get(place)) else { return Ok(Vec::new()) };
    let shape = |row: usize| match shapes.get(row) {
        Cell::Dynamic(json) => parse(json).map(|shape| Candidate::new(row, shape)),
        _ => None,
    };
    Ok((0..rows.len()).filter_map(shape).collect())
}
