//! Lines: length, centroid, places along them, distances to them, crossings.

use datafusion::arrow::array::ArrayRef;
use datafusion::common::{DataFusionError, Result};
use kql_types::ScalarType;
use kql_types::dynamic::{elements, get_key, tostring};

use super::point::sphere_only;
use super::{Shapes, collect};
use crate::adapter::{kernel, next_input};
use crate::column::{Input, Json, JsonText, Output};
use crate::function::{Function, Overload, Param};
use crate::kernel::geo::line::{centroid, closest_on, length, locate, meet, point_at};
use crate::kernel::geo::point::{EARTH_RADIUS, Point, crossing};
use crate::kernel::geo::shape::{
    EMPTY, Lines, Polygons, lines_json, point_json, position, rings_in_degrees, rings_json,
};
use crate::kernel::geo::tessellate::densify;
use crate::row;

/// How far a densified line may stray, in meters, if nothing else is asked for.
const TOLERANCE: f64 = 10.0;

pub(super) fn functions() -> Vec<Function> {
    vec![
        Function::new(
            "geo_line_length",
            "The length of a line in meters; of several lines the sum. Null where the line is invalid.",
            &[
                (
                    "round(geo_line_length(dynamic({'type':'LineString','coordinates':[[-73.95807266235352,40.800426144169315],\
                     [-73.94966125488281,40.79691751000055],[-73.97317886352539,40.764486356930334]]})), 6)",
                    "4922.48017",
                ),
                ("geo_line_length(dynamic({'type':'LineString','coordinates':[[1,1]]}))", ""),
            ],
        )
        .on(row!(|line_string: Json| -> Option<f64> {
            let lines = Lines::parse(line_string.0)?;
            Some(lines.0.iter().map(|line| length(line)).sum::<f64>() * EARTH_RADIUS)
        })),
        Function::new("geo_line_centroid", "The centroid of a line or of several. Null where the line is invalid.", &[(
            "geo_line_centroid(dynamic({'type':'LineString','coordinates':[[0,0]]}))",
            "",
        )])
        .on(row!(|line_string: Json| -> Option<JsonText> {
            Some(JsonText(point_json(centroid(&Lines::parse(line_string.0)?).degrees())))
        })),
        Function::new(
            "geo_line_interpolate_point",
            "The point at a share, 0 to 1, of the length of a line. Null where the line or the share is invalid.",
            &[(
                "round(toreal(geo_line_interpolate_point(dynamic({'type':'LineString','coordinates':[[-73.95796,40.80042],\
                 [-73.97317,40.764486]]}), 0.25).coordinates[0]), 9)",
                "-73.961764043",
            )],
        )
        .on(row!(|line_string: Json, fraction: f64| -> Option<JsonText> {
            let lines = Lines::parse(line_string.0)?;
            Some(JsonText(point_json(point_at(lines.single()?, fraction)?.degrees())))
        })),
        Function::new(
            "geo_line_locate_point",
            "The share of the length of a line that lies before the place closest to a point. Null where either is invalid.",
            &[(
                "round(geo_line_locate_point(dynamic({'type':'LineString','coordinates':[[-73.95796,40.80042],\
                 [-73.97317,40.764486]]}), -73.965, 40.792), 9)",
                "0.255601351",
            )],
        )
        .on(row!(|line_string: Json, longitude: f64, latitude: f64| -> Option<f64> {
            located(line_string.0, longitude, latitude)
        }))
        .on(row!(|line_string: Json, longitude: f64, latitude: f64, use_spheroid: bool| -> Option<f64> {
            if use_spheroid { None } else { located(line_string.0, longitude, latitude) }
        }))
        .constant("use_spheroid")
        .checked(|args| sphere_only(args, 3)),
        Function::new(
            "geo_line_densify",
            "The straight edges of a line on a map as a chain of geodesic edges that strays no farther than a tolerance in \
             meters, 10 if none is given, from 0.1 to 10,000. Null where the line or the tolerance is invalid.",
            &[(
                "array_length(geo_line_densify(dynamic({'type':'LineString','coordinates':[[50,50],[51,51]]})).coordinates)",
                "9",
            )],
        )
        .on(Overload::kernel(vec![Param::is("line_string", ScalarType::Dynamic)], ScalarType::Dynamic, kernel(run_densify)))
        .on(Overload::kernel(
            vec![Param::is("line_string", ScalarType::Dynamic), Param::is("tolerance", ScalarType::Real)],
            ScalarType::Dynamic,
            kernel(run_densify),
        ))
        .on(Overload::kernel(
            vec![
                Param::is("line_string", ScalarType::Dynamic),
                Param::is("tolerance", ScalarType::Real),
                Param::is("preserve_crossing", ScalarType::Bool),
            ],
            ScalarType::Dynamic,
            kernel(run_densify),
        )),
        Function::new(
            "geo_distance_point_to_line",
            "The shortest distance of a point from a line in meters. Null where either is invalid.",
            &[(
                "round(geo_distance_point_to_line(-115.199625, 36.210419, dynamic({'type':'LineString','coordinates':\
                 [[-115.115385,36.229195],[-115.136995,36.200366],[-115.140252,36.192470],[-115.143558,36.188523],\
                 [-115.144076,36.181954],[-115.154662,36.174483],[-115.166431,36.176388],[-115.183289,36.175007],\
                 [-115.192612,36.176736],[-115.202485,36.173439],[-115.225355,36.174365]]})), 6)",
                "3797.888873",
            )],
        )
        .on(to_line(ScalarType::Real, |lines, point| {
            Some(closest_on(lines.edges(), point)?.angle(point) * EARTH_RADIUS)
        })),
        Function::new(
            "geo_closest_point_on_line",
            "The point of a line that is closest to a point. Null where either is invalid.",
            &[("geo_closest_point_on_line(300, 3, dynamic({'type':'LineString','coordinates':[[1,1],[2,2]]}))", "")],
        )
        .on(to_line(ScalarType::Dynamic, |lines, point| {
            Some(JsonText(point_json(closest_on(lines.edges(), point)?.degrees())))
        })),
        Function::new("geo_intersects_2lines", "Whether two lines have a point in common. Null where either is invalid.", &[(
            "geo_intersects_2lines(dynamic({'type':'LineString','coordinates':[[-73.978929,40.785155],[-73.980903,40.782621]]}), \
             dynamic({'type':'LineString','coordinates':[[-73.985195,40.788275],[-73.974552,40.779761]]}))",
            "True",
        )])
        .on(row!(|line_string1: Json, line_string2: Json| -> Option<bool> {
            let (first, second) = (Lines::parse(line_string1.0)?, Lines::parse(line_string2.0)?);
            Some(meet(&first.edges().collect::<Vec<_>>(), &second.edges().collect::<Vec<_>>()))
        })),
        Function::new(
            "geo_intersection_2lines",
            "The point in which two lines cross, or an empty collection. Null where either is invalid. Lines that cross more than \
             once or only touch are not supported.",
            &[(
                "geo_intersection_2lines(dynamic({'type':'LineString','coordinates':[[1,1],[2,2]]}), \
                 dynamic({'type':'LineString','coordinates':[[3,3],[4,4]]}))",
                "{\"type\":\"GeometryCollection\",\"geometries\":[]}",
            )],
        )
        .on(Overload::kernel(
            vec![Param::is("lineString1", ScalarType::Dynamic), Param::is("lineString2", ScalarType::Dynamic)],
            ScalarType::Dynamic,
            kernel(|inputs, rows| {
                let mut inputs = inputs.iter();
                let first = Shapes::new(next_input(&mut inputs)?, Lines::parse)?;
                let second = Shapes::new(next_input(&mut inputs)?, Lines::parse)?;
                let mut builder = JsonText::builder(rows);
                for row in 0..rows {
                    let common = first.with(row, |first| second.with(row, |second| Some(intersection(first, second))));
                    JsonText::append(&mut builder, common.transpose()?);
                }
                Ok(JsonText::finish(builder))
            }),
        )),
    ]
}

/// An overload of a point and a line.
fn to_line<O: Output + 'static>(returns: ScalarType, of: fn(&Lines, Point) -> Option<O>) -> Overload {
    let params = vec![
        Param::is("longitude", ScalarType::Real),
        Param::is("latitude", ScalarType::Real),
        Param::is("lineString", ScalarType::Dynamic),
    ];
    Overload::kernel(
        params,
        returns,
        kernel(move |inputs, rows| {
            let mut inputs = inputs.iter();
            let longitudes = next_input(&mut inputs)?.view::<f64>()?;
            let latitudes = next_input(&mut inputs)?.view::<f64>()?;
            let lines = Shapes::new(next_input(&mut inputs)?, Lines::parse)?;
            collect(rows, |row| {
                let point = Point::from_degrees(longitudes.get(row)?, latitudes.get(row)?)?;
                lines.with(row, |lines| of(lines, point))
            })
        }),
    )
}

fn located(line: &str, longitude: f64, latitude: f64) -> Option<f64> {
    let lines = Lines::parse(line)?;
    locate(lines.single()?, Point::from_degrees(longitude, latitude)?)
}

fn run_densify(inputs: &[Input], rows: usize) -> Result<ArrayRef> {
    over_tolerances(inputs, rows, |json, tolerance| {
        let Some(lines) = straight_lines(json) else { return Ok(None) };
        refuse_antimeridian("geo_line_densify", &lines)?;
        Ok(Some(JsonText(lines_json(&dense(&lines, tolerance)))))
    })
}

/// Polygons in degrees, densified.
pub(super) fn densified_polygons(inputs: &[Input], rows: usize) -> Result<ArrayRef> {
    over_tolerances(inputs, rows, |json, tolerance| {
        let (Some(_), Some(polygons)) = (Polygons::parse(json), rings_in_degrees(json)) else {
            return Ok(None);
        };
        for rings in &polygons {
            refuse_antimeridian("geo_polygon_densify", rings)?;
        }
        let polygons: Vec<_> = polygons.iter().map(|rings| dense(rings, tolerance)).collect();
        Ok(Some(JsonText(rings_json(&polygons))))
    })
}

/// Runs over shapes with a tolerance, which may be absent. Whether crossings of the antimeridian are kept decides
/// nothing: shapes that have one are refused.
fn over_tolerances(
    inputs: &[Input],
    rows: usize,
    of: impl Fn(&str, f64) -> Result<Option<JsonText>>,
) -> Result<ArrayRef> {
    let mut inputs = inputs.iter();
    let shapes = next_input(&mut inputs)?.view::<Json>()?;
    let tolerances = inputs.next().map(Input::view::<f64>).transpose()?;
    let mut builder = JsonText::builder(rows);
    for row in 0..rows {
        let tolerance = tolerances
            .as_ref()
            .map_or(Some(TOLERANCE), |tolerances| tolerances.get(row))
            .filter(|tolerance| (0.1..=10_000.0).contains(tolerance));
        let made = match shapes.get(row).zip(tolerance) {
            Some((json, tolerance)) => of(json.0, tolerance)?,
            None => None,
        };
        JsonText::append(&mut builder, made);
    }
    Ok(JsonText::finish(builder))
}

fn dense(lines: &[Vec<(f64, f64)>], tolerance: f64) -> Vec<Vec<(f64, f64)>> {
    lines.iter().map(|line| densify(line, tolerance).into_iter().map(on_globe).collect()).collect()
}

/// Kusto splits a line there, a little before and behind.
fn refuse_antimeridian(function: &str, lines: &[Vec<(f64, f64)>]) -> Result<()> {
    let splits = |line: &Vec<(f64, f64)>| {
        line.iter().any(|(longitude, _)| longitude.abs() > 180.0)
            || line.iter().zip(line.iter().skip(1)).any(|(from, to)| (from.0 - to.0).abs() > 180.0)
    };
    if lines.iter().any(splits) {
        return Err(DataFusionError::NotImplemented(format!(
            "{function}(): lines across the antimeridian are not supported"
        )));
    }
    Ok(())
}

/// The lines in degrees; `None` where they are invalid.
fn straight_lines(json: &str) -> Option<Vec<Vec<(f64, f64)>>> {
    let coordinates = get_key(json, "coordinates")?;
    let line = |json: &str| -> Option<Vec<(f64, f64)>> {
        let positions = elements(json).map(position).collect::<Option<Vec<_>>>()?;
        let valid = positions.len() >= 2 && positions.iter().all(|position| position.1.abs() <= 90.0);
        valid.then_some(positions)
    };
    let lines = match tostring(get_key(json, "type")?).as_ref() {
        "LineString" => vec![line(coordinates)?],
        "MultiLineString" => elements(coordinates).map(line).collect::<Option<Vec<_>>>()?,
        _ => return None,
    };
    (!lines.is_empty()).then_some(lines)
}

/// The same place with a longitude from -180 to 180.
fn on_globe((longitude, latitude): (f64, f64)) -> (f64, f64) {
    Point::of_degrees(longitude, latitude).degrees()
}

fn intersection(first: &Lines, second: &Lines) -> Result<JsonText> {
    let (first, second): (Vec<_>, Vec<_>) = (first.edges().collect(), second.edges().collect());
    let mut points =
        first.iter().flat_map(|&(a, b)| second.iter().filter_map(move |&(c, d)| crossing(a, b, c, d)));
    match (points.next(), points.next()) {
        (Some(point), None) => Ok(JsonText(point_json(point.degrees()))),
        (None, _) if !meet(&first, &second) => Ok(JsonText(EMPTY.to_string())),
        _ => Err(DataFusionError::NotImplemented(
            "geo_intersection_2lines(): lines that cross more than once or only touch are not supported"
                .into(),
        )),
    }
}
