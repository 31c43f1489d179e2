#![no_main]

libfuzzer_sys::fuzz_target!(|text: &str| quarry_fuzz::spl_parse(text));
