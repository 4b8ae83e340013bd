package dev.sallyport.inspect.masking;

import dev.sallyport.core.policy.EntityType;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// Names of columns that tell what is in them: `customer_email`, `billingPhoneNumber`, `ssn_hash`.
///
/// A name tells a type when its words end with those of the table, words that say nothing aside (`number`, `hash`,
/// `2`). Of several the longest counts, so that `mac_address` is no postal address. `email_verified` tells nothing.
final class TellingNames {

    /// Longest name that is looked at, in characters.
    static final int LONGEST = 256;

    /// What may follow without changing the meaning.
    private static final Set<String> NEUTRAL = Set.of(
            "number",
            "numbers",
            "no",
            "nr",
            "num",
            "nbr",
            "value",
            "val",
            "text",
            "txt",
            "hash",
            "hashed",
            "enc",
            "encrypted",
            "plain",
            "raw",
            "old",
            "new",
            "current",
            "previous",
            "primary",
            "secondary",
            "full",
            "str",
            "string",
            "digest",
            "salt",
            "masked",
            "clear");

    private static final Map<EntityType, String> TABLE = new LinkedHashMap<>();

    static {
        TABLE.put(
                EntityType.PASSWORD,
                "password,passwd,pwd,pass,passphrase,passwort,kennwort,mot de passe,contrasena,secret,client secret,"
                        + "token,auth token,access token,refresh token,session token,api token,api key,apikey,secret "
                        + "key,access key,private key,encryption key,signing key,credential,credentials,otp secret,"
                        + "totp secret,mfa secret,rolpassword,authentication string,webhook secret,recovery code,"
                        + "recovery codes,backup codes");
        TABLE.put(
                EntityType.PASSWORD_HASH,
                "password hash,passwd hash,pw hash,pwd hash,password digest,encrypted password");
        TABLE.put(EntityType.JWT, "jwt,id token");
        TABLE.put(EntityType.AWS_ACCESS_KEY, "aws access key id,aws access key");
        TABLE.put(EntityType.AWS_SECRET_KEY, "aws secret access key,aws secret key,secret access key,aws secret");
        TABLE.put(
                EntityType.PAYMENT_CARD,
                "card,credit card,creditcard,debit card,card number,cardnumber,card no,cc,cc number,ccnumber,"
                        + "payment card,pan,kreditkarte,kartennummer,carte bancaire,tarjeta,numero tarjeta");
        TABLE.put(
                EntityType.CARD_CODE,
                "cvv,cvc,cvv2,cvc2,card code,card security code,security code,pin,pin code,card pin");
        TABLE.put(EntityType.IBAN, "iban,bank iban");
        TABLE.put(EntityType.SWIFT_BIC, "bic,swift,swift code,bic code,swift bic");
        TABLE.put(EntityType.ABA_ROUTING, "routing,routing number,aba,aba number,sort code,bsb");
        TABLE.put(
                EntityType.BANK_ACCOUNT,
                "bank account,account number,acct number,acct no,account no,kontonummer,bankverbindung");
        TABLE.put(EntityType.CRYPTO_WALLET, "wallet,wallet address,btc address,bitcoin address,eth address");
        TABLE.put(EntityType.US_SSN, "ssn,social security,social security number,socialsecurity,ssn last4");
        TABLE.put(EntityType.US_ITIN, "itin");
        TABLE.put(EntityType.US_EIN, "ein,employer id,tax id,taxid,tin,vat number,vat id,ust id");
        TABLE.put(EntityType.UK_NINO, "nino,ni number,national insurance,national insurance number");
        TABLE.put(EntityType.UK_NHS, "nhs,nhs number,medical record,mrn,medical record number,health insurance number");
        TABLE.put(EntityType.DE_STEUER_ID, "steuer id,steuerid,steuernummer,steueridentifikationsnummer,idnr");
        TABLE.put(EntityType.DE_PERSONALAUSWEIS, "personalausweis,ausweisnummer,ausweis,id card,identity card");
        TABLE.put(EntityType.FR_NIR, "nir,insee,numero securite sociale,securite sociale,num secu");
        TABLE.put(
                EntityType.ES_DNI,
                "dni,nif,national id,nationalid,national identity,identity number,id document,"
                        + "government id,citizen id,resident id,national identification number");
        TABLE.put(EntityType.ES_NIE, "nie");
        TABLE.put(EntityType.IT_CODICE_FISCALE, "codice fiscale,codicefiscale,fiscal code");
        TABLE.put(EntityType.NL_BSN, "bsn,burgerservicenummer,sofinummer");
        TABLE.put(EntityType.BE_NRN, "rijksregisternummer,nrn,numero national,national register number");
        TABLE.put(EntityType.PL_PESEL, "pesel");
        TABLE.put(EntityType.PL_NIP, "nip");
        TABLE.put(EntityType.PT_NIF, "contribuinte");
        TABLE.put(EntityType.SE_PERSONNUMMER, "personnummer,personal number,personnr");
        TABLE.put(EntityType.FI_HETU, "hetu,henkilotunnus");
        TABLE.put(EntityType.DK_CPR, "cpr,cpr nummer");
        TABLE.put(EntityType.NO_FODSELSNUMMER, "fodselsnummer,fnr");
        TABLE.put(EntityType.CH_AHV, "ahv,ahv nummer,avs");
        TABLE.put(EntityType.AT_SVNR, "svnr,sozialversicherungsnummer,sv nummer");
        TABLE.put(EntityType.CZ_RODNE_CISLO, "rodne cislo,rodnecislo");
        TABLE.put(EntityType.RO_CNP, "cnp");
        TABLE.put(EntityType.HR_OIB, "oib");
        TABLE.put(EntityType.EE_ISIKUKOOD, "isikukood,asmens kodas");
        TABLE.put(EntityType.IE_PPS, "pps,ppsn,pps number");
        TABLE.put(EntityType.BR_CPF, "cpf");
        TABLE.put(EntityType.BR_CNPJ, "cnpj");
        TABLE.put(EntityType.AR_CUIT, "cuit,cuil");
        TABLE.put(EntityType.MX_CURP, "curp,rfc");
        TABLE.put(EntityType.IN_AADHAAR, "aadhaar,aadhar,aadhaar number");
        TABLE.put(EntityType.IN_PAN, "pan card,pan number");
        TABLE.put(EntityType.AU_TFN, "tfn,tax file number");
        TABLE.put(EntityType.AU_MEDICARE, "medicare,medicare number");
        TABLE.put(EntityType.CA_SIN, "sin,social insurance number");
        TABLE.put(EntityType.ZA_ID, "rsa id,sa id number");
        TABLE.put(EntityType.TR_TCKN, "tckn,tc kimlik,tc kimlik no");
        TABLE.put(EntityType.CN_RESIDENT_ID, "resident identity,shenfenzheng");
        TABLE.put(EntityType.KR_RRN, "rrn,resident registration number,jumin");
        TABLE.put(EntityType.JP_MY_NUMBER, "my number,mynumber,individual number");
        TABLE.put(EntityType.SG_NRIC, "nric,fin");
        TABLE.put(EntityType.TW_ID, "taiwan id");
        TABLE.put(EntityType.TH_ID, "thai id");
        TABLE.put(EntityType.AE_EMIRATES_ID, "emirates id");
        TABLE.put(EntityType.PASSPORT, "passport,passport number,reisepass,passeport");
        TABLE.put(
                EntityType.DRIVING_LICENCE,
                "driving licence,driving license,driver license,drivers license,licence number,license number,"
                        + "driver licence,fuhrerschein");
        TABLE.put(EntityType.EMAIL, "email,e mail,mail,email address,emailaddress,mail address,correo,courriel,emails");
        TABLE.put(
                EntityType.PHONE,
                "phone,phones,phone number,phonenumber,telephone,tel,telefon,telefono,mobile,mobile number,mobil,cell,"
                        + "cellphone,cell phone,fax,handy,msisdn,whatsapp");
        TABLE.put(
                EntityType.POSTAL_ADDRESS,
                "address,street,street address,address line,address line 1,address line 2,addr,home address,postal "
                        + "address,shipping address,billing address,strasse,adresse,direccion,indirizzo,street name,"
                        + "zip,zip code,zipcode,postal code,postcode,postalcode,plz,house number");
        TABLE.put(
                EntityType.PERSON_NAME,
                "first name,firstname,last name,lastname,surname,given name,family name,middle name,maiden name,full "
                        + "name,fullname,person name,customer name,vorname,nachname,prenom,apellido,apellidos,cognome,"
                        + "contact name,cardholder,cardholder name,patient name,employee name,user full name");
        TABLE.put(
                EntityType.DATE_OF_BIRTH,
                "date of birth,dob,birth date,birthdate,birthday,born,born on,geburtsdatum,date naissance,"
                        + "fecha nacimiento,data nascita,birth year");
        TABLE.put(EntityType.MAC_ADDRESS, "mac,mac address");
        TABLE.put(
                EntityType.IPV4, "ip,ip address,ipaddr,ip addr,ipv4,client ip,remote ip,remote addr,source ip,host ip");
        TABLE.put(EntityType.IPV6, "ipv6");
    }

    private static final Map<String, EntityType> BY_WORDS = byWords();
    private static final int MOST_WORDS = 5;

    private TellingNames() {}

    private static Map<String, EntityType> byWords() {
        var map = new LinkedHashMap<String, EntityType>();
        TABLE.forEach((type, names) -> {
            for (var name : names.split(",", -1)) {
                map.putIfAbsent(name.strip(), type);
            }
        });
        return Map.copyOf(map);
    }

    /// What docs say of a type.
    static String of(EntityType type) {
        return TABLE.getOrDefault(type, "");
    }

    /// The type that `name` tells.
    static Optional<EntityType> of(String name) {
        if (name.isEmpty() || name.length() > LONGEST) {
            return Optional.empty();
        }
        var words = words(name);
        int end = words.size();
        while (end > 0) {
            for (int length = Math.min(MOST_WORDS, end); length > 0; length--) {
                var type = BY_WORDS.get(String.join(" ", words.subList(end - length, end)));
                if (type != null) {
                    return Optional.of(type);
                }
            }
            if (!NEUTRAL.contains(words.get(end - 1))
                    && !words.get(end - 1).chars().allMatch(Character::isDigit)) {
                return Optional.empty();
            }
            end--;
        }
        return Optional.empty();
    }

    private static List<String> words(String name) {
        var words = new ArrayList<String>();
        var word = new StringBuilder();
        for (int i = 0; i < name.length(); i++) {
            char c = name.charAt(i);
            boolean letterOrDigit = Character.isLetterOrDigit(c);
            boolean begins = i > 0
                    && ((Character.isUpperCase(c) && !Character.isUpperCase(name.charAt(i - 1)))
                            || (Character.isUpperCase(c)
                                    && i + 1 < name.length()
                                    && Character.isLowerCase(name.charAt(i + 1))));
            if ((!letterOrDigit || begins) && !word.isEmpty()) {
                words.add(word.toString().toLowerCase(Locale.ROOT));
                word.setLength(0);
            }
            if (letterOrDigit) {
                word.append(c);
            }
        }
        if (!word.isEmpty()) {
            words.add(word.toString().toLowerCase(Locale.ROOT));
        }
        // email1, phone2: digits behind a word say nothing
        return words.stream().map(TellingNames::withoutDigits).toList();
    }

    private static String withoutDigits(String word) {
        int end = word.length();
        while (end > 0 && Character.isDigit(word.charAt(end - 1))) {
            end--;
        }
        return end == 0 || BY_WORDS.containsKey(word) ? word : word.substring(0, end);
    }
}
