//! Geohashes: texts that name rectangles of longitude and latitude, each letter one of 32 parts.

const LETTERS: &[u8; 32] = b"0123456789bcdefghjkmnpqrstuvwxyz";
/// The longest geohash.
pub const LONGEST: usize = 18;
/// The neighbours in the order of Kusto: steps east and north.
const NEIGHBOURS: [(f64, f64); 8] =
    [(-1.0, 0.0), (-1.0, -1.0), (0.0, -1.0), (1.0, -1.0), (1.0, 1.0), (1.0, 0.0), (0.0, 1.0), (-1.0, 1.0)];

/// A rectangle in degrees.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Rectangle {
    /// The western border.
    pub west: f64,
    /// The southern border.
    pub south: f64,
    /// The eastern border.
    pub east: f64,
    /// The northern border.
    pub north: f64,
}

impl Rectangle {
    const WORLD: Rectangle = Rectangle { west: -180.0, south: -90.0, east: 180.0, north: 90.0 };

    /// The middle.
    pub fn center(self) -> (f64, f64) {
        ((self.west + self.east) / 2.0, (self.south + self.north) / 2.0)
    }

    /// The corners, counterclockwise from the south-west.
    pub fn corners(self) -> [(f64, f64); 4] {
        [(self.west, self.south), (self.east, self.south), (self.east, self.north), (self.west, self.north)]
    }

    /// Keeps the eastern or western, then the northern or southern half, by turns.
    fn halve(&mut self, by_longitude: bool, upper: bool) {
        let (longitude, latitude) = self.center();
        match (by_longitude, upper) {
            (true, true) => self.west = longitude,
            (true, false) => self.east = longitude,
            (false, true) => self.south = latitude,
            (false, false) => self.north = latitude,
        }
    }
}

/// The geohash of a position with so many letters.
pub fn encode((longitude, latitude): (f64, f64), letters: usize) -> String {
    let mut rectangle = Rectangle::WORLD;
    let mut by_longitude = true;
    let mut text = String::with_capacity(letters);
    for _ in 0..letters {
        let mut index = 0;
        for _ in 0..5 {
            let middle = rectangle.center();
            let upper = if by_longitude { longitude >= middle.0 } else { latitude >= middle.1 };
            rectangle.halve(by_longitude, upper);
            index = index << 1 | usize::from(upper);
            by_longitude = !by_longitude;
        }
        text.push(LETTERS.get(index).map_or('0', |letter| char::from(*letter)));
    }
    text
}

/// The rectangle of a geohash; `None` where it is none.
pub fn decode(geohash: &str) -> Option<Rectangle> {
    if geohash.is_empty() || geohash.len() > LONGEST {
        return None;
    }
    let mut rectangle = Rectangle::WORLD;
    let mut by_longitude = true;
    for letter in geohash.bytes() {
        let index = LETTERS.iter().position(|known| *known == letter.to_ascii_lowercase())?;
        for bit in (0..5).rev() {
            rectangle.halve(by_longitude, index >> bit & 1 == 1);
            by_longitude = !by_longitude;
        }
    }
    Some(rectangle)
}

/// The geohashes around one; beyond a pole there is none.
pub fn neighbours(geohash: &str) -> Option<Vec<String>> {
    let rectangle = decode(geohash)?;
    let (width, height) = (rectangle.east - rectangle.west, rectangle.north - rectangle.south);
    let (longitude, latitude) = rectangle.center();
    Some(
        NEIGHBOURS
            .iter()
            .map(|(east, north)| (longitude + east * width, latitude + north * height))
            .filter(|(_, latitude)| (-90.0..=90.0).contains(latitude))
            .map(|(longitude, latitude)| {
                let longitude = (longitude + 180.0).rem_euclid(360.0) - 180.0;
                encode((longitude, latitude), geohash.len())
            })
            .collect(),
    )
}
