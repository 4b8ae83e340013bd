package dev.sallyport.core.policy;

import java.util.Locale;

/// What an entity type is about. Rules name one as `class:credential`, for all of its types.
public enum EntityClass {
    /// opens something: keys, tokens, passwords
    CREDENTIAL,
    /// moves money: cards, accounts
    FINANCIAL,
    /// names a person to a state: numbers of identity, tax, health and social security
    NATIONAL_ID,
    /// reaches a person: e-mail, phone, postal address
    CONTACT,
    /// says who a person is: names, dates of birth
    PERSON,
    /// names a machine: IP and MAC addresses
    NETWORK;

    /// As rules write it.
    public String word() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
