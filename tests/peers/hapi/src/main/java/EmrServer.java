import ca.uhn.fhir.batch2.jobs.config.Batch2JobsConfig;
import ca.uhn.fhir.context.FhirContext;
import ca.uhn.fhir.context.support.IValidationSupport;
import ca.uhn.fhir.jpa.api.config.JpaStorageSettings;
import ca.uhn.fhir.jpa.api.config.ThreadPoolFactoryConfig;
import ca.uhn.fhir.jpa.api.dao.IFhirSystemDao;
import ca.uhn.fhir.jpa.batch2.JpaBatch2Config;
import ca.uhn.fhir.jpa.binary.api.IBinaryStorageSvc;
import ca.uhn.fhir.jpa.binstore.MemoryBinaryStorageSvcImpl;
import ca.uhn.fhir.jpa.config.HapiJpaConfig;
import ca.uhn.fhir.jpa.config.r4.JpaR4Config;
import ca.uhn.fhir.jpa.config.util.HapiEntityManagerFactoryUtil;
import ca.uhn.fhir.jpa.model.config.PartitionSettings;
import ca.uhn.fhir.jpa.model.config.SubscriptionSettings;
import ca.uhn.fhir.jpa.model.dialect.HapiFhirPostgresDialect;
import ca.uhn.fhir.jpa.provider.IJpaSystemProvider;
import ca.uhn.fhir.jpa.provider.JpaCapabilityStatementProvider;
import ca.uhn.fhir.jpa.search.DatabaseBackedPagingProvider;
import ca.uhn.fhir.jpa.subscription.channel.config.SubscriptionChannelConfig;
import ca.uhn.fhir.jpa.subscription.match.config.SubscriptionProcessorConfig;
import ca.uhn.fhir.jpa.subscription.match.deliver.email.IEmailSender;
import ca.uhn.fhir.jpa.subscription.submit.config.SubscriptionSubmitterConfig;
import ca.uhn.fhir.rest.api.EncodingEnum;
import ca.uhn.fhir.rest.server.RestfulServer;
import ca.uhn.fhir.rest.server.interceptor.RequestValidatingInterceptor;
import ca.uhn.fhir.rest.server.provider.ResourceProviderFactory;
import ca.uhn.fhir.rest.server.util.ISearchParamRegistry;
import ca.uhn.fhir.validation.ResultSeverityEnum;
import jakarta.persistence.EntityManagerFactory;
import java.util.List;
import java.util.Properties;
import javax.sql.DataSource;
import org.apache.commons.dbcp2.BasicDataSource;
import org.eclipse.jetty.ee10.servlet.ServletContextHandler;
import org.eclipse.jetty.ee10.servlet.ServletHolder;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.hl7.fhir.common.hapi.validation.validator.FhirInstanceValidator;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.context.ApplicationContext;
import org.springframework.context.annotation.AnnotationConfigApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.context.annotation.Primary;
import org.springframework.orm.jpa.JpaTransactionManager;
import org.springframework.orm.jpa.LocalContainerEntityManagerFactoryBean;
import org.springframework.transaction.annotation.EnableTransactionManagement;

/**
 * The reference EMR: the HAPI FHIR JPA server (R4) on a PostgreSQL database, requests validated.
 *
 * <p>Settings are environment variables: {@code EMR_DATABASE} (a JDBC address with user and
 * password in it), {@code EMR_PORT} (0: any free one) and {@code EMR_VALIDATE} ({@code no}: takes
 * everything as it comes, to be filled quickly). Prints {@code ready <port>} when it answers.
 */
public final class EmrServer {
    private static final int PAGE = 500;

    public static void main(String[] arguments) throws Exception {
        ApplicationContext beans = new AnnotationConfigApplicationContext(Beans.class);
        Server jetty = new Server();
        ServerConnector connector = new ServerConnector(jetty);
        connector.setHost(environment("EMR_HOST", "127.0.0.1"));
        connector.setPort(Integer.parseInt(environment("EMR_PORT", "0")));
        jetty.addConnector(connector);
        ServletContextHandler handler = new ServletContextHandler();
        ServletHolder holder = new ServletHolder(new Fhir(beans));
        holder.setInitOrder(1);
        handler.addServlet(holder, "/fhir/*");
        jetty.setHandler(handler);
        jetty.start();
        System.out.println("ready " + connector.getLocalPort());
        jetty.join();
    }

    private static String environment(String name, String otherwise) {
        String value = System.getenv(name);
        return value == null || value.isBlank() ? otherwise : value;
    }

    /** The FHIR endpoint: every resource of R4, validated on the way in. */
    private static final class Fhir extends RestfulServer {
        private final transient ApplicationContext beans;

        Fhir(ApplicationContext beans) {
            super(beans.getBean(FhirContext.class));
            // an approval names the version of the order that it is for
            getFhirContext().getParserOptions().setDontStripVersionsFromReferencesAtPaths("Task.focus");
            this.beans = beans;
        }

        @Override
        protected void initialize() {
            registerProviders(beans.getBean("myResourceProvidersR4", ResourceProviderFactory.class).createProviders());
            registerProvider(beans.getBean(IJpaSystemProvider.class));
            setServerConformanceProvider(new JpaCapabilityStatementProvider(
                    this,
                    beans.getBean(IFhirSystemDao.class),
                    beans.getBean(JpaStorageSettings.class),
                    beans.getBean(ISearchParamRegistry.class),
                    beans.getBean(IValidationSupport.class)));
            DatabaseBackedPagingProvider pages = beans.getBean(DatabaseBackedPagingProvider.class);
            pages.setDefaultPageSize(PAGE);
            pages.setMaximumPageSize(PAGE);
            setPagingProvider(pages);
            setDefaultResponseEncoding(EncodingEnum.JSON);
            if (!environment("EMR_VALIDATE", "yes").equals("no")) {
                registerInterceptor(validation(beans.getBean(IValidationSupport.class)));
            }
        }

        private static RequestValidatingInterceptor validation(IValidationSupport support) {
            FhirInstanceValidator validator = new FhirInstanceValidator(support);
            validator.setAnyExtensionsAllowed(true);
            RequestValidatingInterceptor interceptor = new RequestValidatingInterceptor();
            interceptor.setValidatorModules(List.of(validator));
            interceptor.setFailOnSeverity(ResultSeverityEnum.ERROR);
            interceptor.setAddResponseHeaderOnSeverity(null);
            interceptor.setAddResponseOutcomeHeaderOnSeverity(null);
            return interceptor;
        }
    }

    /** What the server is made of. */
    @Configuration
    @EnableTransactionManagement
    @Import({
        JpaR4Config.class,
        HapiJpaConfig.class,
        JpaBatch2Config.class,
        Batch2JobsConfig.class,
        SubscriptionChannelConfig.class,
        SubscriptionProcessorConfig.class,
        SubscriptionSubmitterConfig.class,
        ThreadPoolFactoryConfig.class
    })
    static class Beans {
        @Bean(destroyMethod = "close")
        DataSource dataSource() {
            BasicDataSource source = new BasicDataSource();
            source.setUrl(environment("EMR_DATABASE", "jdbc:postgresql://localhost/emr"));
            source.setMaxTotal(20);
            return source;
        }

        @Bean
        LocalContainerEntityManagerFactoryBean entityManagerFactory(
                ConfigurableListableBeanFactory factory,
                FhirContext context,
                JpaStorageSettings settings,
                DataSource source) {
            LocalContainerEntityManagerFactoryBean made =
                    HapiEntityManagerFactoryUtil.newEntityManagerFactory(factory, context, settings);
            made.setPersistenceUnitName("emr");
            made.setDataSource(source);
            Properties properties = new Properties();
            properties.put("hibernate.dialect", HapiFhirPostgresDialect.class.getName());
            properties.put("hibernate.hbm2ddl.auto", "update");
            properties.put("hibernate.jdbc.batch_size", "50");
            properties.put("hibernate.cache.use_query_cache", "false");
            properties.put("hibernate.cache.use_second_level_cache", "false");
            properties.put("hibernate.search.enabled", "false");
            made.setJpaProperties(properties);
            return made;
        }

        @Bean
        @Primary
        JpaTransactionManager transactionManager(EntityManagerFactory factory) {
            return new JpaTransactionManager(factory);
        }

        @Bean
        JpaStorageSettings storageSettings() {
            JpaStorageSettings settings = new JpaStorageSettings();
            // every search reads the tables: a dose that another station charted must be seen
            settings.setReuseCachedSearchResultsForMillis(null);
            settings.setResourceClientIdStrategy(JpaStorageSettings.ClientIdStrategyEnum.ANY);
            settings.setResourceServerIdStrategy(JpaStorageSettings.IdStrategyEnum.UUID);
            settings.setExpungeEnabled(true);
            settings.setAllowMultipleDelete(true);
            // hospital systems delete an order though its approval names it; the product finds out
            settings.setEnforceReferentialIntegrityOnDelete(false);
            return settings;
        }

        @Bean
        PartitionSettings partitionSettings() {
            return new PartitionSettings();
        }

        @Bean
        SubscriptionSettings subscriptionSettings() {
            return new SubscriptionSettings();
        }

        @Bean
        IBinaryStorageSvc binaryStorage() {
            return new MemoryBinaryStorageSvcImpl();
        }

        @Bean
        IEmailSender emailSender() {
            return details -> {
                throw new UnsupportedOperationException("this server sends no e-mail");
            };
        }
    }
}
