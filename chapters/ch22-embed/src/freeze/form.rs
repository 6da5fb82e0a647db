//! The form of the bytes: eight that say what they are, the version, the
//! length of the rest, a checksum of the rest, and the rest.

use super::FreezeError;
use super::state::State;

/// The first bytes of each frozen store. The first of them isn't text, and the
/// last ones change where a file is mistaken for text.
const MAGIC: [u8; 8] = *b"\xf5frozen\n";

/// The version of the format. It changes when the state has other parts, or
/// when a part means something else.
pub(super) const VERSION: u32 = 1;

/// The length of what comes before the state.
const HEAD: usize = 8 + 4 + 8 + 4;

/// The bytes of a state.
pub(super) fn write(state: &State<'_>) -> Result<Vec<u8>, FreezeError> {
    let no_room = |error: postcard::Error| {
        FreezeError::TooLarge(format!("the state can't be written: {error}"))
    };
    // The state is appended to the head, not copied there.
    let mut bytes = MAGIC.to_vec();
    bytes.extend(VERSION.to_le_bytes());
    bytes.resize(HEAD, 0);
    let mut bytes = postcard::to_extend(state, bytes).map_err(no_room)?;
    let (length, sum) = (bytes.len() - HEAD, crc32fast::hash(&bytes[HEAD..]));
    bytes[12..20].copy_from_slice(&(length as u64).to_le_bytes());
    bytes[20..HEAD].copy_from_slice(&sum.to_le_bytes());
    Ok(bytes)
}

/// The state in these bytes. Its larger parts are borrowed from them.
pub(super) fn read(bytes: &[u8]) -> Result<State<'_>, FreezeError> {
    let damaged = |what: &str| FreezeError::Damaged(what.to_owned());
    let (magic, rest) = take::<8>(bytes).ok_or(FreezeError::NoFrozenStore)?;
    if magic != MAGIC {
        return Err(FreezeError::NoFrozenStore);
    }
    let short = || damaged("its end is missing");
    let (version, rest) = take(rest).ok_or_else(short)?;
    let version = u32::from_le_bytes(version);
    if version != VERSION {
        return Err(FreezeError::Version(version));
    }
    let (length, rest) = take(rest).ok_or_else(short)?;
    let (sum, state) = take(rest).ok_or_else(short)?;
    if u64::from_le_bytes(length) != state.len() as u64 {
        return Err(damaged("its length doesn't match"));
    }
    if u32::from_le_bytes(sum) != crc32fast::hash(state) {
        return Err(damaged("its checksum doesn't match"));
    }
    let read = postcard::take_from_bytes(state);
    let (state, rest) = read.map_err(|error| damaged(&error.to_string()))?;
    match rest {
        [] => Ok(state),
        _ => Err(damaged("there is something after its end")),
    }
}

/// The first bytes, and those that follow.
fn take<const N: usize>(bytes: &[u8]) -> Option<([u8; N], &[u8])> {
    let (first, rest) = bytes.split_first_chunk()?;
    Some((*first, rest))
}
