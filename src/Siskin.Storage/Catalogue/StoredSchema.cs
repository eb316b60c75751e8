using Siskin.Data.Catalogue;
using Siskin.Data.Events;

namespace Siskin.Storage.Catalogue;

/// <summary>A schema as it stands in JSON; enumerations by name.</summary>
internal sealed class StoredSchema
{
    public List<StoredAttribute> ItemAttributes { get; set; } = [];

    public List<StoredAttribute> UserAttributes { get; set; } = [];

    public List<StoredEventType> EventTypes { get; set; } = [];

    public int? VectorDimension { get; set; }

    public static StoredSchema Of(CatalogueSchema schema) => new()
    {
        ItemAttributes = [.. schema.ItemAttributes.Select(StoredAttribute.Of)],
        UserAttributes = [.. schema.UserAttributes.Select(StoredAttribute.Of)],
        EventTypes = [.. schema.EventTypes.Select(StoredEventType.Of)],
        VectorDimension = schema.VectorDimension,
    };

    public CatalogueSchema ToSchema() => new()
    {
        ItemAttributes = [.. ItemAttributes.Select(attribute => attribute.ToDefinition())],
        UserAttributes = [.. UserAttributes.Select(attribute => attribute.ToDefinition())],
        EventTypes = [.. EventTypes.Select(type => type.ToDefinition())],
        VectorDimension = VectorDimension,
    };

    internal sealed class StoredAttribute
    {
        public string Name { get; set; } = string.Empty;

        public AttributeType Type { get; set; }

        public bool IsFeature { get; set; }

        public bool IsFilterable { get; set; }

        public static StoredAttribute Of(AttributeDefinition definition) => new()
        {
            Name = definition.Name,
            Type = definition.Type,
            IsFeature = definition.IsFeature,
            IsFilterable = definition.IsFilterable,
        };

        public AttributeDefinition ToDefinition() =>
            new() { Name = Name, Type = Type, IsFeature = IsFeature, IsFilterable = IsFilterable };
    }

    internal sealed class StoredEventType
    {
        public string Name { get; set; } = string.Empty;

        public double Weight { get; set; }

        public bool IsConsumption { get; set; }

        public double? LikedFrom { get; set; }

        public static StoredEventType Of(EventTypeDefinition definition) => new()
        {
            Name = definition.Name,
            Weight = definition.Weight,
            IsConsumption = definition.IsConsumption,
            LikedFrom = definition.LikedFrom,
        };

        public EventTypeDefinition ToDefinition() =>
            new() { Name = Name, Weight = Weight, IsConsumption = IsConsumption, LikedFrom = LikedFrom };
    }
}
