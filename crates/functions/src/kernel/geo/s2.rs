//! Cells of the S2 grid: the faces of a cube, each divided into four again and again, numbered along a Hilbert curve.

use super::point::Point;

/// The smallest cells have this level.
pub const DEEPEST: u32 = 30;
/// How many of the smallest cells lie along the edge of a face.
const FACE_SIZE: i64 = 1 << DEEPEST;
const SWAP: usize = 1;
const INVERT: usize = 2;
/// For an orientation, the place on the curve of each quarter, which is numbered by its bit of i and its bit of j.
const PLACE_OF_QUARTER: [[u64; 4]; 4] = [[0, 1, 3, 2], [0, 3, 1, 2], [2, 3, 1, 0], [2, 1, 3, 0]];
/// For an orientation, the quarter at each place on the curve.
const QUARTER_AT_PLACE: [[i64; 4]; 4] = [[0, 1, 3, 2], [0, 2, 3, 1], [3, 2, 0, 1], [3, 1, 0, 2]];
/// How the curve in the quarter at a place is turned.
const TURN: [usize; 4] = [SWAP, 0, 0, SWAP | INVERT];

/// A cell.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Cell(u64);

impl Cell {
    /// The smallest cell that holds a point.
    pub fn of_point(point: Point) -> Self {
        let (face, u, v) = face_uv(point);
        Cell::of_place(face, place(st(u)), place(st(v)))
    }

    /// The cell of a token; `None` where it is none.
    pub fn from_token(token: &str) -> Option<Self> {
        if token.is_empty() || token.len() > 16 || !token.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            return None;
        }
        let shift = 4 * (16 - token.len());
        let id = u64::from_str_radix(token, 16).ok()? << shift;
        let valid = id >> 61 < 6 && Cell(id).lowest_bit() & 0x1555_5555_5555_5555 != 0;
        valid.then_some(Cell(id))
    }

    /// The token: the number in hexadecimal digits without the zeros at its end.
    pub fn token(self) -> String {
        format!("{:016x}", self.0).trim_end_matches('0').to_string()
    }

    /// The number.
    pub fn id(self) -> u64 {
        self.0
    }

    /// 0 for a face of the cube, up to 30.
    pub fn level(self) -> u32 {
        DEEPEST - self.0.trailing_zeros() / 2
    }

    /// The cell of a smaller level that holds this one.
    pub fn parent(self, level: u32) -> Self {
        let bit = 1_u64 << (2 * DEEPEST.saturating_sub(level));
        Cell(self.0 & bit.wrapping_neg() | bit)
    }

    /// The cells of the next level that it consists of, in the order of the curve; none of the deepest.
    pub fn children(self) -> Vec<Self> {
        let bit = self.lowest_bit() >> 2;
        if bit == 0 {
            return Vec::new();
        }
        let first = self.0 - self.lowest_bit() + bit;
        (0..4).map(|place| Cell(first + 2 * bit * place)).collect()
    }

    /// The faces of the cube.
    pub fn faces() -> Vec<Self> {
        (0..6).map(|face| Cell(face << 61 | 1 << 60)).collect()
    }

    /// Whether a point lies in the cell or on its edge.
    pub fn holds(self, point: Point) -> bool {
        let corners = self.corners();
        let next = corners.iter().cycle().skip(1);
        corners.iter().zip(next).all(|(a, b)| a.cross(*b).dot(point) >= 0.0)
    }

    /// The middle of the cell on the curve's grid.
    pub fn center(self) -> Point {
        let (face, i, j, size) = self.corner();
        let middle = |start: i64| uv((start as f64 + size as f64 / 2.0) / FACE_SIZE as f64);
        face_point(face, middle(i), middle(j)).normalized()
    }

    /// The corners, counterclockwise.
    pub fn corners(self) -> [Point; 4] {
        let (face, i, j, size) = self.corner();
        let edge = |place: i64| uv(place as f64 / FACE_SIZE as f64);
        let (low_u, high_u, low_v, high_v) = (edge(i), edge(i + size), edge(j), edge(j + size));
        [(low_u, low_v), (high_u, low_v), (high_u, high_v), (low_u, high_v)]
            .map(|(u, v)| face_point(face, u, v).normalized())
    }

    /// The cells of the same level around this one, those that share only a corner included.
    pub fn neighbours(self) -> Vec<Self> {
        let (face, i, j, size) = self.corner();
        let level = self.level();
        let at = |i: i64, j: i64| Cell::of_any_place(face, i, j).parent(level);
        [
            (i + size, j + size),
            (i + size, j),
            (i - size, j),
            (i, j - size),
            (i - size, j + size),
            (i + size, j - size),
            (i, j + size),
            (i - size, j - size),
        ]
        .into_iter()
        .map(|(i, j)| at(i, j))
        .collect()
    }

    fn lowest_bit(self) -> u64 {
        self.0 & self.0.wrapping_neg()
    }

    /// Face, first place in both directions, and number of places in each.
    fn corner(self) -> (usize, i64, i64, i64) {
        let face = (self.0 >> 61) as usize;
        let mut orientation = face & SWAP;
        let (mut i, mut j) = (0, 0);
        for level in (0..DEEPEST).rev() {
            let place = (self.0 >> (2 * level + 1) & 3) as usize;
            let quarter = QUARTER_AT_PLACE[orientation][place];
            i = i << 1 | quarter >> 1;
            j = j << 1 | quarter & 1;
            orientation ^= TURN[place];
        }
        let size = 1_i64 << (DEEPEST - self.level());
        (face, i & -size, j & -size, size)
    }

    fn of_place(face: usize, i: i64, j: i64) -> Self {
        let mut orientation = face & SWAP;
        let mut number = 0_u64;
        for level in (0..DEEPEST).rev() {
            let quarter = ((i >> level & 1) << 1 | j >> level & 1) as usize;
            let place = PLACE_OF_QUARTER[orientation][quarter];
            number = number << 2 | place;
            orientation ^= TURN[place as usize];
        }
        Cell((face as u64) << 61 | number << 1 | 1)
    }

    /// The smallest cell at a place that may lie just beyond the edge of the face.
    fn of_any_place(face: usize, i: i64, j: i64) -> Self {
        let range = 0..FACE_SIZE;
        if range.contains(&i) && range.contains(&j) {
            return Cell::of_place(face, i, j);
        }
        let limit = 1.0 + f64::EPSILON;
        let coordinate = |place: i64| {
            let place = place.clamp(-1, FACE_SIZE);
            ((2 * (place - FACE_SIZE / 2) + 1) as f64 / FACE_SIZE as f64).clamp(-limit, limit)
        };
        let (face, u, v) = face_uv(face_point(face, coordinate(i), coordinate(j)));
        Cell::of_place(face, place(0.5 * (u + 1.0)), place(0.5 * (v + 1.0)))
    }
}

fn place(st: f64) -> i64 {
    ((st * FACE_SIZE as f64).floor() as i64).clamp(0, FACE_SIZE - 1)
}

/// From the coordinate on the cube to the one in which cells have about equal areas.
fn st(uv: f64) -> f64 {
    if uv >= 0.0 { 0.5 * (1.0 + 3.0 * uv).sqrt() } else { 1.0 - 0.5 * (1.0 - 3.0 * uv).sqrt() }
}

fn uv(st: f64) -> f64 {
    if st >= 0.5 { (4.0 * st * st - 1.0) / 3.0 } else { (1.0 - 4.0 * (1.0 - st) * (1.0 - st)) / 3.0 }
}

fn face_uv(point: Point) -> (usize, f64, f64) {
    let Point { x, y, z } = point;
    let (size_x, size_y, size_z) = (x.abs(), y.abs(), z.abs());
    if size_x > size_y && size_x > size_z {
        if x > 0.0 { (0, y / x, z / x) } else { (3, z / x, y / x) }
    } else if size_y > size_z {
        if y > 0.0 { (1, -x / y, z / y) } else { (4, z / y, -x / y) }
    } else if z > 0.0 {
        (2, -x / z, -y / z)
    } else {
        (5, -y / z, -x / z)
    }
}

fn face_point(face: usize, u: f64, v: f64) -> Point {
    let (x, y, z) = match face {
        0 => (1.0, u, v),
        1 => (-u, 1.0, v),
        2 => (-u, -v, 1.0),
        3 => (-1.0, -v, -u),
        4 => (v, -1.0, -u),
        _ => (v, u, -1.0),
    };
    Point { x, y, z }
}
