package dev.sallyport.core.policy;

import static dev.sallyport.core.policy.EntityClass.CONTACT;
import static dev.sallyport.core.policy.EntityClass.CREDENTIAL;
import static dev.sallyport.core.policy.EntityClass.FINANCIAL;
import static dev.sallyport.core.policy.EntityClass.NATIONAL_ID;
import static dev.sallyport.core.policy.EntityClass.NETWORK;
import static dev.sallyport.core.policy.EntityClass.PERSON;

import java.util.Arrays;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;

/// A kind of sensitive value. How each is found is in `inspect.masking`; `docs/masking.md` tells users.
///
/// The order counts: where found values overlap they become one, of the type that comes first here. Names are part of
/// stored rules: add, never rename.
public enum EntityType {
    PRIVATE_KEY(CREDENTIAL),
    JWT(CREDENTIAL),
    AWS_ACCESS_KEY(CREDENTIAL),
    AWS_SECRET_KEY(CREDENTIAL),
    GOOGLE_KEY(CREDENTIAL),
    AZURE_KEY(CREDENTIAL),
    GITHUB_TOKEN(CREDENTIAL),
    GITLAB_TOKEN(CREDENTIAL),
    SLACK_TOKEN(CREDENTIAL),
    STRIPE_KEY(CREDENTIAL),
    AI_API_KEY(CREDENTIAL),
    SERVICE_TOKEN(CREDENTIAL),
    PASSWORD_HASH(CREDENTIAL),
    URL_PASSWORD(CREDENTIAL),
    BEARER_TOKEN(CREDENTIAL),
    PASSWORD(CREDENTIAL),

    PAYMENT_CARD(FINANCIAL),
    CARD_CODE(FINANCIAL),
    IBAN(FINANCIAL),
    SWIFT_BIC(FINANCIAL),
    ABA_ROUTING(FINANCIAL),
    BANK_ACCOUNT(FINANCIAL),
    CRYPTO_WALLET(FINANCIAL),

    US_SSN(NATIONAL_ID),
    US_ITIN(NATIONAL_ID),
    US_EIN(NATIONAL_ID),
    UK_NINO(NATIONAL_ID),
    UK_NHS(NATIONAL_ID),
    DE_STEUER_ID(NATIONAL_ID),
    DE_PERSONALAUSWEIS(NATIONAL_ID),
    FR_NIR(NATIONAL_ID),
    ES_DNI(NATIONAL_ID),
    ES_NIE(NATIONAL_ID),
    IT_CODICE_FISCALE(NATIONAL_ID),
    NL_BSN(NATIONAL_ID),
    BE_NRN(NATIONAL_ID),
    PL_PESEL(NATIONAL_ID),
    PL_NIP(NATIONAL_ID),
    PT_NIF(NATIONAL_ID),
    SE_PERSONNUMMER(NATIONAL_ID),
    FI_HETU(NATIONAL_ID),
    DK_CPR(NATIONAL_ID),
    NO_FODSELSNUMMER(NATIONAL_ID),
    CH_AHV(NATIONAL_ID),
    AT_SVNR(NATIONAL_ID),
    CZ_RODNE_CISLO(NATIONAL_ID),
    RO_CNP(NATIONAL_ID),
    HR_OIB(NATIONAL_ID),
    EE_ISIKUKOOD(NATIONAL_ID),
    IE_PPS(NATIONAL_ID),
    BR_CPF(NATIONAL_ID),
    BR_CNPJ(NATIONAL_ID),
    AR_CUIT(NATIONAL_ID),
    MX_CURP(NATIONAL_ID),
    IN_AADHAAR(NATIONAL_ID),
    IN_PAN(NATIONAL_ID),
    AU_TFN(NATIONAL_ID),
    AU_MEDICARE(NATIONAL_ID),
    CA_SIN(NATIONAL_ID),
    ZA_ID(NATIONAL_ID),
    TR_TCKN(NATIONAL_ID),
    CN_RESIDENT_ID(NATIONAL_ID),
    KR_RRN(NATIONAL_ID),
    JP_MY_NUMBER(NATIONAL_ID),
    SG_NRIC(NATIONAL_ID),
    TW_ID(NATIONAL_ID),
    TH_ID(NATIONAL_ID),
    AE_EMIRATES_ID(NATIONAL_ID),
    PASSPORT(NATIONAL_ID),
    DRIVING_LICENCE(NATIONAL_ID),

    EMAIL(CONTACT),
    PHONE(CONTACT),
    POSTAL_ADDRESS(CONTACT),

    PERSON_NAME(PERSON),
    DATE_OF_BIRTH(PERSON),

    MAC_ADDRESS(NETWORK),
    IPV4(NETWORK),
    IPV6(NETWORK);

    private static final Map<String, EntityType> BY_WORD =
            Arrays.stream(values()).collect(Collectors.toMap(EntityType::word, Function.identity()));

    private final EntityClass entityClass;
    private final String word;

    EntityType(EntityClass entityClass) {
        this.entityClass = entityClass;
        this.word = name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /// What it is about.
    public EntityClass entityClass() {
        return entityClass;
    }

    /// As rules, counts and labels write it.
    public String word() {
        return word;
    }

    /// The one that `word` names.
    public static Optional<EntityType> of(String word) {
        return Optional.ofNullable(BY_WORD.get(word));
    }
}
