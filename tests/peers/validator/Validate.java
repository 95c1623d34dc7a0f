import ca.uhn.fhir.context.FhirContext;
import ca.uhn.fhir.context.support.DefaultProfileValidationSupport;
import ca.uhn.fhir.context.support.IValidationSupport;
import ca.uhn.fhir.validation.FhirValidator;
import ca.uhn.fhir.validation.ValidationResult;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import org.hl7.fhir.common.hapi.validation.support.CachingValidationSupport;
import org.hl7.fhir.common.hapi.validation.support.CommonCodeSystemsTerminologyService;
import org.hl7.fhir.common.hapi.validation.support.InMemoryTerminologyServerValidationSupport;
import org.hl7.fhir.common.hapi.validation.support.UnknownCodeSystemWarningValidationSupport;
import org.hl7.fhir.common.hapi.validation.support.ValidationSupportChain;
import org.hl7.fhir.common.hapi.validation.validator.FhirInstanceValidator;

/**
 * Validates FHIR R4 resources without any network: structure, invariants and codes.
 *
 * <p>Reads one resource of JSON a line from standard input, and answers each with one line: its
 * OperationOutcome. Run from source by {@code tests/peers/fhir_validator.py}.
 */
public final class Validate {
    public static void main(String[] arguments) throws Exception {
        PrintStream answers = new PrintStream(System.out, false, StandardCharsets.UTF_8);
        System.setOut(System.err); // whatever a library has to say is no answer
        FhirContext fhir = FhirContext.forR4();
        FhirValidator validator = validator(fhir);
        BufferedReader lines = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        for (String line = lines.readLine(); line != null; line = lines.readLine()) {
            ValidationResult result = validator.validateWithResult(line);
            answers.println(fhir.newJsonParser().encodeResourceToString(result.toOperationOutcome()));
            answers.flush();
        }
    }

    private static FhirValidator validator(FhirContext fhir) {
        UnknownCodeSystemWarningValidationSupport foreign = new UnknownCodeSystemWarningValidationSupport(fhir);
        foreign.setNonExistentCodeSystemSeverity(IValidationSupport.IssueSeverity.WARNING);
        ValidationSupportChain known = new ValidationSupportChain(
                new DefaultProfileValidationSupport(fhir),
                new CommonCodeSystemsTerminologyService(fhir),
                new InMemoryTerminologyServerValidationSupport(fhir),
                foreign);
        FhirInstanceValidator instances = new FhirInstanceValidator(new CachingValidationSupport(known));
        instances.setAnyExtensionsAllowed(true);
        return fhir.newValidator().registerValidatorModule(instances);
    }
}
