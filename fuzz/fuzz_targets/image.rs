#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| chatspec_fuzz::image(data));
