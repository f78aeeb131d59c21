//! Several shapes as one: unions, and what two polygons share.

use std::collections::HashMap;

use datafusion::arrow::array::ArrayRef;
use datafusion::common::{DataFusionError, Result};
use kql_types::ScalarType;
use kql_types::dynamic::elements;

use crate::adapter::{kernel, next_input};
use crate::column::{Input, Json, JsonText, Output};
use crate::function::{Function, Overload, Param};
use crate::kernel::geo::line::meet;
use crate::kernel::geo::overlay::{intersection, share_an_edge, touch_beside, union};
use crate::kernel::geo::point::{Point, crossing};
use crate::kernel::geo::shape::{Lines, Polygons, lines_json, polygons_json};

pub(super) fn functions() -> Vec<Function> {
    vec![
        Function::new(
            "geo_union_polygons_array",
            "The union of an array of polygons. Null where one of them is invalid. Polygons that do not lie in one half of the \
             Earth are not supported.",
            &[
                (
                    "geo_union_polygons_array(dynamic([{'type':'Polygon','coordinates':[[[0,0],[1,0],[1,1],[0,0]]]}, \
                     {'type':'Polygon','coordinates':[[[5,5],[6,5],[6,6],[5,5]]]}])).type",
                    "MultiPolygon",
                ),
                (
                    "geo_union_polygons_array(dynamic([{'type':'Polygon','coordinates':[[[0,0],[1,0],[1,1],[0,0]]]}, \
                     {'type':'Polygon','coordinates':[[[5,5]]]}]))",
                    "",
                ),
            ],
        )
        .on(over_rows(&["polygons"], |inputs, row| {
            let Some(json) = inputs.first().and_then(|input| value(input, row)) else { return Ok(None) };
            let Some(parsed) = elements(json).map(Polygons::parse).collect::<Option<Vec<_>>>() else {
                return Ok(None);
            };
            let polygons: Vec<_> = parsed.into_iter().flat_map(|polygons| polygons.0).collect();
            if polygons.is_empty() {
                return Ok(None);
            }
            let union = union(&polygons).ok_or_else(|| too_wide("geo_union_polygons_array"))?;
            if share_an_edge(&union) {
                return Err(DataFusionError::NotImplemented(
                    "geo_union_polygons_array(): these polygons, of which an edge lies along another, are not supported"
                        .into(),
                ));
            }
            Ok(Some(JsonText(polygons_json(&union))))
        })),
        Function::new(
            "geo_intersection_2polygons",
            "What two polygons have in common: a polygon, several, or an empty collection. Null where one of them is invalid. \
             Polygons that touch beside what they share, or do not lie in one half of the Earth, are not supported.",
            &[(
                "geo_intersection_2polygons(dynamic({'type':'Polygon','coordinates':[[[0,0],[1,0],[1,1],[0,0]]]}), \
                 dynamic({'type':'Polygon','coordinates':[[[5,5],[6,5],[6,6],[5,5]]]}))",
                "{\"type\":\"GeometryCollection\",\"geometries\":[]}",
            )],
        )
        .on(over_rows(&["polygon1", "polygon2"], |inputs, row| {
            let polygons = |index: usize| {
                inputs.get(index).and_then(|input| value(input, row)).and_then(Polygons::parse)
            };
            let Some((first, second)) = polygons(0).zip(polygons(1)) else { return Ok(None) };
            let name = "geo_intersection_2polygons";
            let (first, second) = (merged(&first, name)?, merged(&second, name)?);
            let common = intersection(&first, &second).ok_or_else(|| too_wide(name))?;
            if touch_beside(&first, &second, &common) {
                return Err(DataFusionError::NotImplemented(format!(
                    "{name}(): polygons that touch beside what they share are not supported"
                )));
            }
            Ok(Some(JsonText(polygons_json(&common))))
        })),
        Function::new(
            "geo_union_lines_array",
            "The union of an array of lines: parts that are there twice are there once, and lines that go on in another are \
             one. Null where one of them is invalid. Lines that cross, branch or run in a ring are not supported.",
            &[
                (
                    "geo_union_lines_array(dynamic([{'type':'LineString','coordinates':[[0,0],[0,1]]}, \
                     {'type':'LineString','coordinates':[[0,1],[0,0]]}])).type",
                    "LineString",
                ),
                ("geo_union_lines_array(dynamic([{'type':'LineString','coordinates':[[0,0]]}]))", ""),
            ],
        )
        .on(over_rows(&["lineStrings"], |inputs, row| {
            let Some(json) = inputs.first().and_then(|input| value(input, row)) else { return Ok(None) };
            let Some(parsed) = elements(json).map(Lines::parse).collect::<Option<Vec<_>>>() else {
                return Ok(None);
            };
            let lines: Vec<Vec<Point>> = parsed.into_iter().flat_map(|lines| lines.0).collect();
            if lines.is_empty() {
                return Ok(None);
            }
            let joined = joined(&Lines(lines))?;
            let degrees: Vec<Vec<(f64, f64)>> =
                joined.iter().map(|line| line.iter().map(|point| point.degrees()).collect()).collect();
            Ok(Some(JsonText(lines_json(&degrees))))
        })),
    ]
}

/// A function of dynamics that makes a shape of each row or says what it cannot do.
fn over_rows(params: &[&'static str], of: fn(&[Input], usize) -> Result<Option<JsonText>>) -> Overload {
    let params = params.iter().map(|name| Param::is(name, ScalarType::Dynamic)).collect();
    Overload::kernel(
        params,
        ScalarType::Dynamic,
        kernel(move |inputs, rows| -> Result<ArrayRef> {
            next_input(&mut inputs.iter())?;
            let mut builder = JsonText::builder(rows);
            for row in 0..rows {
                JsonText::append(&mut builder, of(inputs, row)?);
            }
            Ok(JsonText::finish(builder))
        }),
    )
}

fn value(input: &Input, row: usize) -> Option<&str> {
    input.view::<Json>().ok()?.get(row).map(|json| json.0)
}

/// Polygons that have no part in common, and are together what the given ones are.
pub(super) fn merged(
    polygons: &Polygons,
    function: &str,
) -> Result<Vec<crate::kernel::geo::polygon::Polygon>> {
    if polygons.are_apart() {
        return Ok(polygons.0.clone());
    }
    union(&polygons.0).ok_or_else(|| too_wide(function))
}

fn too_wide(function: &str) -> DataFusionError {
    DataFusionError::NotImplemented(format!(
        "{function}(): polygons that do not lie in one half of the Earth are not supported"
    ))
}

/// The chains of the edges, each edge once, in the order and direction in which they first come.
fn joined(lines: &Lines) -> Result<Vec<Vec<Point>>> {
    let unlike = || {
        DataFusionError::NotImplemented(
            "geo_union_lines_array(): lines that cross, branch or run in a ring are not supported".into(),
        )
    };
    let key = |point: Point| (point.x.to_bits(), point.y.to_bits(), point.z.to_bits());
    let mut edges: Vec<(Point, Point)> = Vec::new();
    let mut ends: HashMap<(u64, u64, u64), Vec<usize>> = HashMap::new();
    for (a, b) in lines.edges() {
        let known =
            |edge: &usize| edges.get(*edge).is_some_and(|(c, d)| (*c, *d) == (a, b) || (*c, *d) == (b, a));
        if a == b || ends.get(&key(a)).is_some_and(|known_edges| known_edges.iter().any(known)) {
            continue;
        }
        ends.entry(key(a)).or_default().push(edges.len());
        ends.entry(key(b)).or_default().push(edges.len());
        edges.push((a, b));
    }
    let crossed = edges.iter().enumerate().any(|(index, &(a, b))| {
        edges.iter().skip(index + 1).any(|&(c, d)| {
            let apart = a != c && a != d && b != c && b != d;
            crossing(a, b, c, d).is_some() || (apart && meet(&[(a, b)], &[(c, d)]))
        })
    });
    if crossed || ends.values().any(|edges| edges.len() > 2) {
        return Err(unlike());
    }
    let mut used = vec![false; edges.len()];
    let mut chains = Vec::new();
    for start in 0..edges.len() {
        if used[start] {
            continue;
        }
        used[start] = true;
        let (a, b) = edges[start];
        let mut chain = std::collections::VecDeque::from([a, b]);
        for forward in [true, false] {
            loop {
                let end = if forward { chain.back() } else { chain.front() };
                let Some(&end) = end else { break };
                let next = ends.get(&key(end)).and_then(|edges| edges.iter().find(|edge| !used[**edge]));
                let Some(&next) = next else { break };
                used[next] = true;
                let (from, to) = edges[next];
                let other = if from == end { to } else { from };
                if forward { chain.push_back(other) } else { chain.push_front(other) }
            }
        }
        if chain.front() == chain.back() {
            return Err(unlike());
        }
        chains.push(chain.into());
    }
    Ok(chains)
}
