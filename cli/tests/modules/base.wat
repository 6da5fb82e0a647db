(module (global (export "two") i32 (i32.const 2)))
