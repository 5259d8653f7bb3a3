#include "tests/wire/api_surface.hpp"

#include <algorithm>
#include <iterator>

namespace suanpan::wire {
namespace {

using namespace google::protobuf;

std::string type_of(const FieldDescriptor& field) {
  if (field.message_type() != nullptr) return field.message_type()->full_name();
  if (field.enum_type() != nullptr) return field.enum_type()->full_name();
  return field.type_name();
}

std::string shape_of(const FieldDescriptor& field) {
  if (field.is_repeated()) return "repeated";
  return field.has_presence() && field.message_type() == nullptr ? "optional" : "singular";
}

void add_message(const Descriptor& message, std::set<std::string>& lines) {
  lines.insert("message " + message.full_name());
  for (int i = 0; i < message.field_count(); ++i) {
    const auto& field = *message.field(i);
    lines.insert("field " + message.full_name() + ' ' + std::to_string(field.number()) + ' ' +
                 field.name() + ' ' + type_of(field) + ' ' + shape_of(field));
  }
  for (int i = 0; i < message.nested_type_count(); ++i) add_message(*message.nested_type(i), lines);
}

void add_enum(const EnumDescriptor& type, std::set<std::string>& lines) {
  for (int i = 0; i < type.value_count(); ++i)
    lines.insert("enum " + type.full_name() + ' ' + std::to_string(type.value(i)->number()) + ' ' +
                 type.value(i)->name());
}

void add_service(const ServiceDescriptor& service, std::set<std::string>& lines) {
  for (int i = 0; i < service.method_count(); ++i) {
    const auto& method = *service.method(i);
    const auto side = [](bool streams, const Descriptor& type) {
      return (streams ? " stream " : " ") + type.full_name();
    };
    lines.insert("rpc " + method.full_name() +
                 side(method.client_streaming(), *method.input_type()) + " ->" +
                 side(method.server_streaming(), *method.output_type()));
  }
}

}  // namespace

std::set<std::string> surface_of(const std::vector<const FileDescriptor*>& files) {
  std::set<std::string> lines;
  for (const auto* file : files) {
    for (int i = 0; i < file->message_type_count(); ++i) add_message(*file->message_type(i), lines);
    for (int i = 0; i < file->enum_type_count(); ++i) add_enum(*file->enum_type(i), lines);
    for (int i = 0; i < file->service_count(); ++i) add_service(*file->service(i), lines);
  }
  return lines;
}

std::vector<std::string> broken(const std::set<std::string>& released,
                                const std::set<std::string>& now) {
  std::vector<std::string> gone;
  std::ranges::set_difference(released, now, std::back_inserter(gone));
  return gone;
}

}  // namespace suanpan::wire
