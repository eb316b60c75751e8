using Siskin.Offline.Experiments;

namespace Siskin.Tests.Models;

public sealed class ModelNameTests
{
    [Theory]
    [InlineData("DCN-v2", "dcn-v2")]
    [InlineData("LightGCN", "light-gcn")]
    [InlineData("Wide&Deep", "wide-deep")]
    [InlineData("wide_and_deep", "wide-deep")]
    [InlineData("BPR-MF", "bpr")]
    [InlineData("GF-CF", "spectral-filter")]
    [InlineData("two tower", "two-tower")]
    [InlineData("SASRec", "sasrec")]
    public void Case_and_punctuation_do_not_count(string asked, string name) => Assert.Equal(name, ModelCatalogue.Find(asked).Name);

    [Fact]
    public void No_two_models_have_the_same_name()
    {
        Assert.All(ModelCatalogue.All, model => Assert.Same(model, ModelCatalogue.Find(model.Name)));
        Assert.Contains("only popularity, item-cf", Assert.Throws<ArgumentException>(() => ModelCatalogue.Find("-")).Message, StringComparison.Ordinal);
    }
}
