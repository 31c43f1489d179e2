#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| quarry_fuzz::read_log(bytes));
