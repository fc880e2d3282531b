//! A Rust library behind a C interface, with the standard library: memory, threads, a panic that is caught.

use std::collections::HashMap;
use std::panic::catch_unwind;

#[no_mangle]
pub extern "C" fn slim_sum(count: u32) -> u64 {
    let sums: Vec<_> = (0..4)
        .map(|part| {
            std::thread::spawn(move || (0..count).filter(|n| n % 4 == part).map(u64::from).sum::<u64>())
        })
        .collect();
    sums.into_iter().map(|sum| sum.join().unwrap()).sum()
}

#[no_mangle]
pub extern "C" fn slim_catches() -> i32 {
    std::panic::set_hook(Box::new(|_| {}));
    let mut words = HashMap::new();
    words.insert("one", 1);
    match catch_unwind(|| words["two"]) {
        Ok(_) => 0,
        Err(_) => 1,
    }
}
