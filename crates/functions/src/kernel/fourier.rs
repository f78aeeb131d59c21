//! The discrete Fourier transform of any length.

use std::f64::consts::PI;

/// A complex number: real and imaginary part.
pub type Complex = (f64, f64);

fn times(a: Complex, b: Complex) -> Complex {
    (a.0 * b.0 - a.1 * b.1, a.0 * b.1 + a.1 * b.0)
}

/// The transform; the inverse one is divided by the length, so that it undoes the other.
pub fn transform(values: &[Complex], inverse: bool) -> Vec<Complex> {
    let mut result = values.to_vec();
    if values.len().is_power_of_two() {
        in_place(&mut result, inverse);
    } else if !values.is_empty() {
        result = any_length(values, inverse);
    }
    if inverse {
        let length = values.len() as f64;
        result.iter_mut().for_each(|value| *value = (value.0 / length, value.1 / length));
    }
    result
}

/// A point on the unit circle, `numerator / denominator` of the way round.
fn unit(numerator: usize, denominator: usize, inverse: bool) -> Complex {
    let angle = 2.0 * PI * (numerator % denominator.max(1)) as f64 / denominator as f64;
    (angle.cos(), if inverse { angle.sin() } else { -angle.sin() })
}

/// The transform of a length that is a power of two, without the division.
fn in_place(values: &mut [Complex], inverse: bool) {
    let length = values.len();
    let bits = length.trailing_zeros();
    if bits == 0 {
        return;
    }
    for index in 0..length {
        let mirrored = index.reverse_bits() >> (usize::BITS - bits);
        if index < mirrored {
            values.swap(index, mirrored);
        }
    }
    let mut half = 1;
    while half < length {
        for chunk in values.chunks_exact_mut(half * 2) {
            let (even, odd) = chunk.split_at_mut(half);
            for (step, (even, odd)) in even.iter_mut().zip(odd).enumerate() {
                let turned = times(*odd, unit(step, half * 2, inverse));
                *odd = (even.0 - turned.0, even.1 - turned.1);
                *even = (even.0 + turned.0, even.1 + turned.1);
            }
        }
        half *= 2;
    }
}

/// The transform of any length as a convolution of a power-of-two length, after Bluestein.
fn any_length(values: &[Complex], inverse: bool) -> Vec<Complex> {
    let length = values.len();
    // The square is taken modulo twice the length, where the chirp repeats, so that it stays exact.
    let chirp = |index: usize| unit(index * index % (2 * length), 2 * length, inverse);
    let padded = (2 * length - 1).next_power_of_two();
    let mut signal = vec![(0.0, 0.0); padded];
    let mut filter = vec![(0.0, 0.0); padded];
    for (index, value) in values.iter().enumerate() {
        let chirp = chirp(index);
        let conjugate = (chirp.0, -chirp.1);
        signal[index] = times(*value, chirp);
        filter[index] = conjugate;
        if index > 0 {
            filter[padded - index] = conjugate;
        }
    }
    in_place(&mut signal, false);
    in_place(&mut filter, false);
    signal.iter_mut().zip(&filter).for_each(|(signal, filter)| *signal = times(*signal, *filter));
    in_place(&mut signal, true);
    let scale = 1.0 / padded as f64;
    (0..length).map(|index| times((signal[index].0 * scale, signal[index].1 * scale), chirp(index))).collect()
}
