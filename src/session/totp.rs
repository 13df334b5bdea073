//! [`OneTimeCodes`]: codes that change with time (RFC 6238), none of them given out twice in a run:
//! servers take each only once.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use ring::hmac;

/// How codes are made.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct CodeRule {
    /// The shared secret.
    pub secret: Vec<u8>,
    /// The hash.
    pub algorithm: CodeAlgorithm,
    /// 6 to 8.
    pub digits: u32,
    /// How long a code holds.
    pub period: Duration,
}

/// A hash of RFC 6238.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum CodeAlgorithm {
    /// HMAC-SHA-1, which nearly all use.
    Sha1,
    /// HMAC-SHA-256.
    Sha256,
    /// HMAC-SHA-512.
    Sha512,
}

/// A code and when it may be used.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Claim {
    /// The digits.
    pub code: String,
    /// Until it begins to hold; nothing where it does already.
    pub wait: Duration,
}

/// The codes that were given out, so that none is given twice.
#[derive(Debug, Default)]
pub struct OneTimeCodes {
    /// The last window of each secret.
    last: Mutex<HashMap<(Vec<u8>, Duration), u64>>,
}

impl OneTimeCodes {
    /// The first code nobody has had: of the window at `now` (since 1970), or of a later one.
    pub fn claim(&self, rule: &CodeRule, now: Duration) -> Claim {
        let period = rule.period.as_millis().max(1);
        let current = u64::try_from(now.as_millis() / period).unwrap_or(u64::MAX);
        let mut last = self.last.lock().unwrap_or_else(PoisonError::into_inner);
        let window = match last.get(&(rule.secret.clone(), rule.period)) {
            Some(taken) if *taken >= current => taken + 1,
            _ => current,
        };
        last.insert((rule.secret.clone(), rule.period), window);
        let begins = u64::try_from(u128::from(window) * period).unwrap_or(u64::MAX);
        Claim { code: rule.code(window), wait: Duration::from_millis(begins).saturating_sub(now) }
    }
}

impl CodeRule {
    /// The code of one window (RFC 4226, section 5.3).
    fn code(&self, window: u64) -> String {
        let algorithm = match self.algorithm {
            CodeAlgorithm::Sha1 => hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY,
            CodeAlgorithm::Sha256 => hmac::HMAC_SHA256,
            CodeAlgorithm::Sha512 => hmac::HMAC_SHA512,
        };
        let tag = hmac::sign(&hmac::Key::new(algorithm, &self.secret), &window.to_be_bytes());
        let tag = tag.as_ref();
        let offset = usize::from(tag[tag.len() - 1] & 0x0f);
        let four: [u8; 4] = tag[offset..offset + 4].try_into().expect("the offset is at most 15, a tag has 20 bytes");
        let number = u32::from_be_bytes(four) & 0x7fff_ffff;
        format!("{:0width$}", number % 10_u32.pow(self.digits), width = self.digits as usize)
    }
}

/// Base32 of RFC 4648 as people copy it: in any case, with spaces or hyphens, with padding or without.
pub fn read_base32(text: &str) -> Option<Vec<u8>> {
    let (mut bytes, mut held, mut bits) = (Vec::new(), 0_u32, 0);
    for letter in text.trim().trim_end_matches('=').chars().filter(|letter| !letter.is_whitespace() && *letter != '-') {
        let value = match letter.to_ascii_uppercase() {
            upper @ 'A'..='Z' => upper as u32 - 'A' as u32,
            digit @ '2'..='7' => digit as u32 - '2' as u32 + 26,
            _ => return None,
        };
        held = (held << 5 | value) & 0xfff;
        bits += 5;
        if bits >= 8 {
            bits -= 8;
            bytes.push(u8::try_from(held >> bits & 0xff).expect("it was masked to eight bits"));
        }
    }
    (!bytes.is_empty()).then_some(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rule(algorithm: CodeAlgorithm, length: usize) -> CodeRule {
        let secret = b"1234567890".iter().copied().cycle().take(length).collect();
        CodeRule { secret, algorithm, digits: 8, period: Duration::from_secs(30) }
    }

    #[test]
    fn the_codes_of_the_standard() {
        // RFC 6238, appendix B.
        let check = |seconds: u64, codes: [&str; 3]| {
            let rules =
                [rule(CodeAlgorithm::Sha1, 20), rule(CodeAlgorithm::Sha256, 32), rule(CodeAlgorithm::Sha512, 64)];
            for (rule, code) in rules.iter().zip(codes) {
                let claim = OneTimeCodes::default().claim(rule, Duration::from_secs(seconds));
                assert_eq!(claim, Claim { code: code.to_owned(), wait: Duration::ZERO }, "{:?}", rule.algorithm);
            }
        };
        check(59, ["94287082", "46119246", "90693936"]);
        check(1_111_111_109, ["07081804", "68084774", "25091201"]);
        check(1_111_111_111, ["14050471", "67062674", "99943326"]);
        check(1_234_567_890, ["89005924", "91819424", "93441116"]);
        check(2_000_000_000, ["69279037", "90698825", "38618901"]);
        check(20_000_000_000, ["65353130", "77737706", "47863826"]);
    }

    #[test]
    fn no_code_is_given_twice() {
        let (codes, rule) = (OneTimeCodes::default(), rule(CodeAlgorithm::Sha1, 20));
        let at = |seconds: u64| codes.claim(&rule, Duration::from_secs(seconds));
        let first = at(65);
        let second = at(65);
        let third = at(70);
        assert_eq!((first.wait.as_secs(), second.wait.as_secs(), third.wait.as_secs()), (0, 25, 50));
        assert_ne!(first.code, second.code);
        assert_ne!(second.code, third.code);
        assert_eq!(at(300).wait, Duration::ZERO);
        let other = CodeRule { secret: b"another".to_vec(), ..rule.clone() };
        assert_eq!(codes.claim(&other, Duration::from_secs(65)).wait, Duration::ZERO);
    }

    #[test]
    fn base32_as_people_copy_it() {
        let check = |text: &str, bytes: Option<&[u8]>| assert_eq!(read_base32(text).as_deref(), bytes, "{text}");
        check("GEZDGNBVGY3TQOJQ", Some(b"1234567890"));
        check("gezd gnbv-gy3t qojq", Some(b"1234567890"));
        check("MZXW6YQ=", Some(b"foob"));
        check("MZXW6YTBOI======", Some(b"foobar"));
        check("GEZDGNBV1", None);
        check("", None);
    }
}
