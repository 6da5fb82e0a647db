//! Another user of the table: which instructions read their operands as
//! unsigned?

/// Makes a list of all rows: the name, and the types of the operands as the row
/// writes them.
macro_rules! readings {
    ($($opcode:literal $name:literal $variant:ident
        ($($x:ident: $t:ty),+) -> $result:ty = $meaning:expr;)*) => {
        const READINGS: &[(&str, &str)] = &[$(($name, "")),*];
    };
}

ch08_numeric::numeric_table!(readings);

/// Whether an instruction reads an operand as unsigned.
fn reads_unsigned(name: &str) -> bool {
    READINGS.iter().any(|(row, types)| *row == name && types.contains('u'))
}

fn main() {
    let unsigned =
        READINGS.iter().filter(|(name, _)| reads_unsigned(name)).count();
    println!("{unsigned} of {} read an operand as unsigned", READINGS.len());
}

#[cfg(test)]
#[path = "check.rs"]
mod check;
