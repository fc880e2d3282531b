//! A Rust library behind a C interface that needs what links wrongly first: an unwinder, a backtrace's names, threads,
//! and arithmetic for which compilers call functions.

use std::backtrace::Backtrace;
use std::collections::HashMap;
use std::hint::black_box;
use std::panic::catch_unwind;

/// Something that has to be dropped while a panic unwinds.
struct Counted<'c>(&'c std::sync::atomic::AtomicU32);

impl Drop for Counted<'_> {
    fn drop(&mut self) {
        self.0.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
    }
}

/// How many values were dropped by panics that were caught, here and in a thread: `depth` each.
#[no_mangle]
pub extern "C" fn number_caught(depth: u32) -> u32 {
    let dropped = std::sync::atomic::AtomicU32::new(0);
    let here = catch_unwind(|| number_fails(depth, &dropped));
    let there = std::thread::scope(|scope| scope.spawn(|| number_fails(depth, &dropped)).join());
    if here.is_err() && there.is_err() { dropped.into_inner() } else { 0 }
}

/// Panics below `depth` frames that each have something to drop.
#[no_mangle]
#[inline(never)]
pub fn number_fails(depth: u32, dropped: &std::sync::atomic::AtomicU32) -> u32 {
    if depth == 0 {
        return HashMap::from([("one", 1)])[black_box("two")];
    }
    let _dropped = Counted(dropped);
    number_fails(black_box(depth - 1), dropped) + 1
}

/// How many of a backtrace's lines name this function or its helper.
#[no_mangle]
pub extern "C" fn number_traced() -> u32 {
    number_trace()
}

#[no_mangle]
#[inline(never)]
pub fn number_trace() -> u32 {
    let trace = Backtrace::force_capture().to_string();
    let names = ["number_trace", "number_traced"];
    black_box(names.iter().filter(|name| trace.lines().any(|line| line.ends_with(**name))).count() as u32)
}

/// A sum that four threads make.
#[no_mangle]
pub extern "C" fn number_sum(count: u32) -> u64 {
    let part = |part| move || (0..count).filter(|n| n % 4 == part).map(u64::from).sum::<u64>();
    let threads: Vec<_> = (0..4).map(|at| std::thread::spawn(part(at))).collect();
    threads.into_iter().map(|thread| thread.join().unwrap()).sum()
}

/// Division and remainder of 128 bits, there and back through floats: 7 for any `high` below 2^52 and `low` 7.
#[no_mangle]
pub extern "C" fn number_wide(high: u64, low: u64) -> u64 {
    let wide = black_box((u128::from(high) << 64) | u128::from(low));
    let by = black_box(1u128 << 64);
    let (quotient, rest) = (wide / by, wide % by);
    let (float, signed) = (black_box(quotient as f64), black_box(-(quotient as i128)) as f32);
    assert_eq!((float as u128, signed as i128 <= 0), (quotient, true));
    assert_eq!(black_box(float).powf(1.0) as u64, high);
    (rest as u64) + (float as u64) - high
}
