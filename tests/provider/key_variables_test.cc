#include "provider/key_variables.h"

#include "support/catch.h"

namespace pk::provider {

TEST_CASE("Each provider has an environment variable that a shell can set") {
  for (const Provider& one : all())
    for (const std::string& name : key_variables(one)) {
      CAPTURE(one.slug, name);
      CHECK_FALSE(name.empty());
      CHECK(name.find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_") == std::string::npos);
      CHECK((name[0] < '0' || name[0] > '9'));
    }
  CHECK(key_variables(*find("openai")) == std::vector<std::string>{"OPENAI_API_KEY"});
  CHECK(key_variables(*find("azure-openai")) == std::vector<std::string>{"AZURE_OPENAI_API_KEY"});
  CHECK(key_variables(*find("google")) == std::vector<std::string>{"GEMINI_API_KEY", "GOOGLE_API_KEY"});
  CHECK(option_variable("aws_secret_access_key") == "AWS_SECRET_ACCESS_KEY");
  CHECK(option_variable("azure_ad_token") == "AZURE_OPENAI_AD_TOKEN");
}

}  // namespace pk::provider
