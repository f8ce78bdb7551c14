package cn.luming.clinic;

import java.security.SecureRandom;
import java.time.LocalDateTime;
import java.util.Base64;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/** 门诊预约单. */
public record Booking(String patient, String department, LocalDateTime at) {
    private static final SecureRandom RANDOM = new SecureRandom();

    public static String newNumber() {
        byte[] number = new byte[9];
        RANDOM.nextBytes(number);
        return Base64.getUrlEncoder().encodeToString(number);
    }

    public String token(byte[] key) throws Exception {
        Mac mac = Mac.getInstance("HmacSHA256");
        mac.init(new SecretKeySpec(key, "HmacSHA256"));
        return Base64.getUrlEncoder().encodeToString(mac.doFinal(toString().getBytes()));
    }
}
