//! Cells that cover a shape.

use super::line::meet;
use super::point::{EARTH_RADIUS, Point, closest};
use super::s2::{Cell, DEEPEST};
use super::shape::{Lines, Polygons};

/// A shape that more cells would cover has no covering.
pub const MOST_CELLS: usize = 65_536;

/// A shape as its edges and what lies inside.
pub struct Outline {
    edges: Vec<(Point, Point)>,
    polygons: Option<Polygons>,
}

impl Outline {
    /// The outline of lines.
    pub fn of_lines(lines: &Lines) -> Self {
        Outline { edges: lines.edges().collect(), polygons: None }
    }

    /// The outline of polygons.
    pub fn of_polygons(polygons: &Polygons) -> Self {
        Outline { edges: polygons.edges().collect(), polygons: Some(polygons.clone()) }
    }

    fn contains(&self, point: Point) -> bool {
        self.polygons.as_ref().is_some_and(|polygons| polygons.contains(point))
    }

    /// Whether a cell and the shape, or what lies within a radius of it, have a point in common.
    fn reaches(&self, cell: Cell, radius: f64) -> bool {
        let corners = cell.corners();
        let sides: Vec<(Point, Point)> =
            corners.iter().copied().zip(corners.iter().copied().cycle().skip(1)).collect();
        if self.edges.iter().any(|(a, _)| cell.holds(*a))
            || self.contains(cell.center())
            || meet(&self.edges, &sides)
        {
            return true;
        }
        radius > 0.0
            && self.edges.iter().any(|&(a, b)| {
                sides.iter().any(|&(c, d)| {
                    let apart = |point: Point, from: Point, to: Point| closest(point, from, to).angle(point);
                    apart(a, c, d).min(apart(b, c, d)).min(apart(c, a, b)).min(apart(d, a, b)) <= radius
                })
            })
    }
}

/// The cells of a level that cover a shape and what lies within a radius of it in meters, in the order of the curve;
/// `None` where they are too many.
pub fn s2_cells(outline: &Outline, level: u32, radius: f64) -> Option<Vec<Cell>> {
    let radius = radius / EARTH_RADIUS;
    let mut cells: Vec<Cell> =
        Cell::faces().into_iter().filter(|cell| outline.reaches(*cell, radius)).collect();
    for _ in 0..level.min(DEEPEST) {
        cells = cells
            .into_iter()
            .flat_map(Cell::children)
            .filter(|cell| outline.reaches(*cell, radius))
            .collect();
        // A level has at least as many cells as the one above.
        if cells.len() > MOST_CELLS {
            return None;
        }
    }
    Some(cells)
}
