//! Polygons: what lies in them, area, perimeter, centroid, distances to them, what they share with lines.

use kql_types::ScalarType;

use super::line::densified_polygons;
use super::overlay::merged;
use super::{Shapes, collect};
use crate::adapter::{kernel, next_input};
use crate::column::{Json, JsonText, Output};
use crate::function::{Function, Overload, Param};
use crate::kernel::geo::line::{closest_on, inside, meet};
use crate::kernel::geo::point::{EARTH_RADIUS, Point};
use crate::kernel::geo::polygon::Polygon;
use crate::kernel::geo::shape::{Lines, Polygons, lines_json, point_json};
use crate::row;

pub(super) fn functions() -> Vec<Function> {
    vec![
        Function::new(
            "geo_point_in_polygon",
            "Whether a point lies in a polygon or in one of several. Null where either is invalid.",
            &[
                (
                    "geo_point_in_polygon(5, 4, dynamic({'type':'Polygon','coordinates':[[[0,0],[10,0],[10,10],[0,0]]]}))",
                    "True",
                ),
                (
                    "geo_point_in_polygon(1, 8, dynamic({'type':'Polygon','coordinates':[[[0,0],[10,0],[10,10],[0,0]]]}))",
                    "False",
                ),
                (
                    "geo_point_in_polygon(1, 1, dynamic({'type':'Polygon','coordinates':[[[0,0],[10,10],[10,10],[0,0]]]}))",
                    "",
                ),
            ],
        )
        .on(to_polygon(ScalarType::Bool, |polygons, point| Some(polygons.contains(point)))),
        Function::new(
            "geo_distance_point_to_polygon",
            "The shortest distance of a point from a polygon in meters, 0 inside. Null where either is invalid.",
            &[(
                "round(geo_distance_point_to_polygon(-73.9839, 40.7705, dynamic({'type':'Polygon','coordinates':[[[-73.9495,40.7969],\
                 [-73.95807266235352,40.80068603561921],[-73.98201942443848,40.76825672305777],\
                 [-73.97317886352539,40.76455136505513],[-73.9495,40.7969]]]})), 6)",
                "259.940756",
            )],
        )
        .on(to_polygon(ScalarType::Real, |polygons, point| {
            if polygons.contains(point) {
                return Some(0.0);
            }
            Some(closest_on(polygons.edges(), point)?.angle(point) * EARTH_RADIUS)
        })),
        Function::new(
            "geo_closest_point_on_polygon",
            "The point of a polygon that is closest to a point, which is itself if it lies inside. Null where either is invalid.",
            &[(
                "geo_closest_point_on_polygon(200, 1, dynamic({'type':'Polygon','coordinates':[[[0,0],[10,0],[10,10],[0,0]]]}))",
                "",
            )],
        )
        .on(to_polygon(ScalarType::Dynamic, |polygons, point| {
            let closest = if polygons.contains(point) { point } else { closest_on(polygons.edges(), point)? };
            Some(JsonText(point_json(closest.degrees())))
        })),
        measure(
            "geo_polygon_area",
            "The area of a polygon in square meters. Null where it is invalid. Polygons are measured as their union.",
            &[(
                "round(geo_polygon_area(dynamic({'type':'Polygon','coordinates':[[[-73.9495,40.7969],\
                 [-73.95807266235352,40.80068603561921],[-73.98201942443848,40.76825672305777],\
                 [-73.97317886352539,40.76455136505513],[-73.9495,40.7969]]]})), 3)",
                "3475207.283",
            )],
            ScalarType::Real,
            |polygons| Some(polygons.0.iter().map(Polygon::area).sum::<f64>() * EARTH_RADIUS * EARTH_RADIUS),
        ),
        measure(
            "geo_polygon_perimeter",
            "The length of all borders of a polygon in meters. Null where it is invalid. Polygons are measured as their \
             union.",
            &[(
                "round(geo_polygon_perimeter(dynamic({'type':'Polygon','coordinates':[[[-73.9495,40.7969],\
                 [-73.95807266235352,40.80068603561921],[-73.98201942443848,40.76825672305777],\
                 [-73.97317886352539,40.76455136505513],[-73.9495,40.7969]]]})), 6)",
                "9930.301496",
            )],
            ScalarType::Real,
            |polygons| Some(polygons.0.iter().map(Polygon::perimeter).sum::<f64>() * EARTH_RADIUS),
        ),
        measure(
            "geo_polygon_centroid",
            "The centroid of a polygon. Null where it is invalid. Of several that of their union.",
            &[(
                "round(toreal(geo_polygon_centroid(dynamic({'type':'Polygon','coordinates':[[[-73.9495,40.7969],\
                 [-73.95807266235352,40.80068603561921],[-73.98201942443848,40.76825672305777],\
                 [-73.97317886352539,40.76455136505513],[-73.9495,40.7969]]]})).coordinates[0]), 9)",
                "-73.96573569",
            )],
            ScalarType::Dynamic,
            |polygons| {
                let none = Point { x: 0.0, y: 0.0, z: 0.0 };
                let sum = polygons.0.iter().map(Polygon::weighted_centroid).fold(none, Point::plus);
                Some(JsonText(point_json(sum.normalized().degrees())))
            },
        ),
        Function::new(
            "geo_polygon_densify",
            "The straight edges of a polygon on a map as chains of geodesic edges that stray no farther than a tolerance in \
             meters, 10 if none is given, from 0.1 to 10,000. Null where the polygon or the tolerance is invalid. Polygons across \
             the antimeridian are not supported.",
            &[(
                "geo_polygon_densify(dynamic({'type':'Polygon','coordinates':[[[10,10],[11,10],[11,11],[10,11],[10,10]]]})).type",
                "Polygon",
            )],
        )
        .on(Overload::kernel(densify_params(1), ScalarType::Dynamic, kernel(densified_polygons)))
        .on(Overload::kernel(densify_params(2), ScalarType::Dynamic, kernel(densified_polygons)))
        .on(Overload::kernel(densify_params(3), ScalarType::Dynamic, kernel(densified_polygons))),
        Function::new(
            "geo_intersects_line_with_polygon",
            "Whether a line and a polygon have a point in common. Null where either is invalid.",
            &[(
                "geo_intersects_line_with_polygon(dynamic({'type':'LineString','coordinates':[[1,1],[2,1]]}), \
                 dynamic({'type':'Polygon','coordinates':[[[0,0],[10,0],[10,10],[0,0]]]}))",
                "True",
            )],
        )
        .on(row!(|line_string: Json, polygon: Json| -> Option<bool> {
            let (lines, polygons) = (Lines::parse(line_string.0)?, Polygons::parse(polygon.0)?);
            let begins_inside = lines.0.iter().flatten().any(|point| polygons.contains(*point));
            let edges: (Vec<_>, Vec<_>) = (lines.edges().collect(), polygons.edges().collect());
            Some(begins_inside || meet(&edges.0, &edges.1))
        })),
        Function::new(
            "geo_intersects_2polygons",
            "Whether two polygons have a point in common. Null where either is invalid.",
            &[(
                "geo_intersects_2polygons(dynamic({'type':'Polygon','coordinates':[[[0,0],[10,0],[10,10],[0,0]]]}), \
                 dynamic({'type':'Polygon','coordinates':[[[20,0],[30,0],[30,10],[20,0]]]}))",
                "False",
            )],
        )
        .on(row!(|polygon1: Json, polygon2: Json| -> Option<bool> {
            let (first, second) = (Polygons::parse(polygon1.0)?, Polygons::parse(polygon2.0)?);
            let overlap = first.0.iter().any(|first| second.0.iter().any(|second| first.intersects(second)));
            let edges: (Vec<_>, Vec<_>) = (first.edges().collect(), second.edges().collect());
            Some(overlap || meet(&edges.0, &edges.1))
        })),
        Function::new(
            "geo_intersection_line_with_polygon",
            "The parts of a line that lie in a polygon: a line, several, or an empty collection. Null where either is invalid.",
            &[(
                "geo_intersection_line_with_polygon(dynamic({'type':'LineString','coordinates':[[1,40],[2,40]]}), \
                 dynamic({'type':'Polygon','coordinates':[[[0,0],[10,0],[10,10],[0,0]]]}))",
                "{\"type\":\"GeometryCollection\",\"geometries\":[]}",
            )],
        )
        .on(row!(|line_string: Json, polygon: Json| -> Option<JsonText> {
            let (lines, polygons) = (Lines::parse(line_string.0)?, Polygons::parse(polygon.0)?);
            let parts: Vec<Vec<(f64, f64)>> = inside(&lines, &polygons)
                .into_iter()
                .map(|part| part.into_iter().map(Point::degrees).collect())
                .collect();
            Some(JsonText(lines_json(&parts)))
        })),
    ]
}

/// An overload of a point and a polygon.
fn to_polygon<O: Output + 'static>(returns: ScalarType, of: fn(&Polygons, Point) -> Option<O>) -> Overload {
    let params = vec![
        Param::is("longitude", ScalarType::Real),
        Param::is("latitude", ScalarType::Real),
        Param::is("polygon", ScalarType::Dynamic),
    ];
    Overload::kernel(
        params,
        returns,
        kernel(move |inputs, rows| {
            let mut inputs = inputs.iter();
            let longitudes = next_input(&mut inputs)?.view::<f64>()?;
            let latitudes = next_input(&mut inputs)?.view::<f64>()?;
            let polygons = Shapes::new(next_input(&mut inputs)?, Polygons::parse)?;
            collect(rows, |row| {
                let point = Point::from_degrees(longitudes.get(row)?, latitudes.get(row)?)?;
                polygons.with(row, |polygons| of(polygons, point))
            })
        }),
    )
}

/// A function of one polygon; of several Kusto measures the union.
fn measure<O: Output + 'static>(
    name: &'static str,
    doc: &'static str,
    examples: &'static [(&'static str, &'static str)],
    returns: ScalarType,
    of: fn(&Polygons) -> Option<O>,
) -> Function {
    let run = kernel(move |inputs, rows| {
        let polygons = Shapes::new(next_input(&mut inputs.iter())?, Polygons::parse)?;
        let mut builder = O::builder(rows);
        for row in 0..rows {
            let union = polygons.with(row, |polygons| Some(merged(polygons, name))).transpose()?;
            O::append(&mut builder, union.and_then(|union| of(&Polygons(union))));
        }
        Ok(O::finish(builder))
    });
    Function::new(name, doc, examples).on(Overload::kernel(
        vec![Param::is("polygon", ScalarType::Dynamic)],
        returns,
        run,
    ))
}

fn densify_params(count: usize) -> Vec<Param> {
    let mut params = vec![
        Param::is("polygon", ScalarType::Dynamic),
        Param::is("tolerance", ScalarType::Real),
        Param::is("preserve_crossing", ScalarType::Bool),
    ];
    params.truncate(count);
    params
}
